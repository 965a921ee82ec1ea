#!/usr/bin/env bash
# The Java client 4.3.1, with the program that it shares with the other versions.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../shared-java/compile.sh" java-clients-4.3.1 4.3.1 4 old-protocol
