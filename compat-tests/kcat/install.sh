#!/usr/bin/env bash
# kcat (librdkafka) from the distribution. What the suite expects of it is written for the version in client.json.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if ! command -v kcat >/dev/null; then
  command -v apt-get >/dev/null || { echo "kcat is missing: install it, then run this again" >&2; exit 1; }
  as_root=()
  if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends kcat </dev/null >/dev/null
fi
installed=$(kcat -V | sed -nE 's/^Version ([0-9.]+) .*librdkafka ([0-9.]+) .*/\1 (librdkafka \2)/p')
wanted=$(sed -nE 's/^ *"version": "([0-9.]+).*/\1/p' "$here/client.json")
if [ "${installed%% *}" != "$wanted" ]; then
  echo "kcat $installed is installed, $wanted is wanted" >&2
  exit 1
fi
