#!/usr/bin/env bash
# `build-client.sh FOLDER`: builds the Rust client of that folder into the suite's cache, unless its sources are those of the last time.
set -euo pipefail
client=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target="${COMPAT_CACHE:?}/$client"
cd "$here/../$client"
sources=$(cat src/*.rs Cargo.toml Cargo.lock "$here"/src/*.rs "$here/Cargo.toml" | sha256sum)
if [ "$(cat "$target/sources" 2>/dev/null)" = "$sources" ]; then exit 0; fi
mkdir -p "$target"
cargo build --quiet --locked --target-dir "$target/target" </dev/null
# A client that runs may not be written over.
cp "$target/target/debug/compat-$client" "$target/client.new"
mv "$target/client.new" "$target/client"
echo "$sources" >"$target/sources"
