#!/usr/bin/env bash
# The Java client 1.1.1, with the program that it shares with the other versions.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../shared-java/compile.sh" java-clients-1.1 1.1.1 1.1 consumer-protocol static-membership error-fenced cooperative-rebalance produce-zstd describe-groups-lag
