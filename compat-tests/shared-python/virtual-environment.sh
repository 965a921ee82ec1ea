#!/usr/bin/env bash
# `virtual-environment.sh FOLDER`: puts what that folder's requirements.txt names into a virtual environment of its own in the suite's cache.
set -euo pipefail
client=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target="${COMPAT_CACHE:?}/$client"
requirements="$here/../$client/requirements.txt"
if cmp -s "$requirements" "$target/installed.txt"; then exit 0; fi
rm -rf "$target"
python3 -m venv "$target" || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
"$target/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: -r "$requirements" </dev/null
cp "$requirements" "$target/installed.txt"
