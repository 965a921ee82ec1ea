#!/usr/bin/env bash
# confluent-kafka-python, which brings its own librdkafka, in a virtual environment of its own in .cache.
# Idempotent. Safe to run twice at once.
# For the suite it goes into the suite's cache; the tests of this folder have a place of their own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -n "${COMPAT_CACHE:-}" ]; then exec "$here/../shared-python/virtual-environment.sh" confluent-kafka-python; fi
version=2.16.1
root=$(cd "$here/../.." && pwd)
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
