#!/usr/bin/env bash
# Compiles the C program against the distribution's librdkafka.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if ! command -v gcc >/dev/null || [ ! -e /usr/include/librdkafka/rdkafka.h ]; then
  command -v apt-get >/dev/null || { echo "gcc or librdkafka's headers are missing: install them, then run this again" >&2; exit 1; }
  as_root=()
  if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev librdkafka-dev </dev/null >/dev/null
fi
folder="${COMPAT_CACHE:-$here/../../.cache/compat}/librdkafka"
want=$(cat "$here"/*.c "$here"/*.h | sha256sum)
if [ "$(cat "$folder/made-of" 2>/dev/null)" = "$want" ]; then exit 0; fi
mkdir -p "$folder"
gcc -std=gnu17 -O1 -Wall -Wextra -o "$folder/librdkafka" "$here"/*.c -lrdkafka
echo "$want" >"$folder/made-of"
