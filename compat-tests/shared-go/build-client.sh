#!/usr/bin/env bash
# `build-client.sh FOLDER`: builds the Go client of that folder into the suite's cache, unless its sources are those of the last time.
set -euo pipefail
client=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target="${COMPAT_CACHE:?}/$client"
cd "$here/../$client"
sources=$(cat ./*.go go.mod go.sum "$here"/*.go "$here/go.mod" | sha256sum)
if [ "$(cat "$target/sources" 2>/dev/null)" = "$sources" ]; then exit 0; fi
mkdir -p "$target"
go build -o "$target/client" . </dev/null
echo "$sources" >"$target/sources"
