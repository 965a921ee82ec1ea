#!/usr/bin/env bash
# kcat (librdkafka) from the distribution.
set -euo pipefail
if command -v kcat >/dev/null; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "kcat is missing: install it, then run this again" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends kcat </dev/null >/dev/null
kcat -V | head -n 4
