#!/usr/bin/env bash
# The new Java client comes with Apache Kafka's own jars, the old one with the tests that mix clients.
set -euo pipefail
exec "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../java-mixed/install.sh"
