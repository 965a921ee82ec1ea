#!/usr/bin/env bash
# The Java client 2.8.2, with the program that it shares with the other versions.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../shared-java/compile.sh" java-clients-2.8 2.8.2 2.8 consumer-protocol old-protocol
