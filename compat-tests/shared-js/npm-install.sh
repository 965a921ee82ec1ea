#!/usr/bin/env bash
# Installs npm packages of exact versions into a folder of the cache.
#   shared-js/npm-install.sh FOLDER PACKAGE@VERSION…     → $COMPAT_CACHE/FOLDER/node_modules
# Idempotent: nothing is done when the folder was made from the same list.
set -euo pipefail
folder="${COMPAT_CACHE:?}/$1"
shift
if [ "$(cat "$folder/packages" 2>/dev/null)" = "$*" ]; then exit 0; fi
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: install Node 20 or later" >&2; exit 1; }
done
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
echo '{ "private": true }' >package.json
npm install --save-exact --no-audit --no-fund --loglevel=error "$@" </dev/null >&2
echo "$*" >packages
