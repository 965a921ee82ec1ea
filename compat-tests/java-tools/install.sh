#!/usr/bin/env bash
# The tools come with Apache Kafka's own jars.
set -euo pipefail
exec "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../apache-kafka/install.sh"
