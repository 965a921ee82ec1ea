#!/usr/bin/env bash
# confluent-kafka-python, which brings its own librdkafka, in a virtual environment of its own in .cache.
# Idempotent. Safe to run twice at once.
set -euo pipefail
version=2.16.1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache="$root/.cache/confluent-kafka-python-$version"

mkdir -p "$root/.cache"
exec 9>"$cache.lock"
flock 9
if [ -f "$cache/installed" ]; then exit 0; fi
command -v python3 >/dev/null || { echo "confluent-kafka-python: python3 is missing" >&2; exit 1; }
rm -rf "$cache"
python3 -m venv "$cache"
"$cache/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "confluent-kafka==$version" </dev/null
touch "$cache/installed"
