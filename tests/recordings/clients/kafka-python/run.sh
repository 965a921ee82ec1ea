#!/usr/bin/env bash
# kafka-python from PyPI, in a virtual environment of its own in .cache.
set -euo pipefail
version=3.0.12
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$(cd "$here/../../../.." && pwd)/.cache/kafka-python-$version
if [ ! -f "$cache/installed" ]; then
  rm -rf "$cache"
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet --disable-pip-version-check \
    "kafka-python==$version" crc32c==2.9.post0 lz4==4.4.5 python-snappy==0.7.3 zstandard==0.25.0 </dev/null
  touch "$cache/installed"
fi
exec "$cache/bin/python" "$here/session.py" "$1"
