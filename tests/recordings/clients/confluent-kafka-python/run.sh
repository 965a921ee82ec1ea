#!/usr/bin/env bash
# The confluent-kafka-python of the compat suite.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../../.." && pwd)
bash "$root/compat-tests/confluent-kafka-python/install.sh"
exec "$root"/.cache/confluent-kafka-python-*/bin/python "$here/session.py" "$1"
