#!/usr/bin/env bash
# The Java client 0.11.0.3, with the program that it shares with the other versions.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../shared-java/compile.sh" java-clients-0.11 0.11.0.3 0.11 consumer-protocol static-membership error-fenced cooperative-rebalance produce-zstd describe-groups-lag delete-records
