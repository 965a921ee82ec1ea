#!/usr/bin/env bash
# Puts Flink 2.2.1 and its connector 5.0.0 into .cache/flink-2.2.1/lib; the broker to compare with comes with Apache Kafka.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../apache-kafka/install.sh"
exec "$here/../copy-jars.sh" "$here/pom.xml" flink-2.2.1
