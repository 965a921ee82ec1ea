#!/usr/bin/env bash
# Puts Kafka Streams 4.3.1 into .cache/kafka-streams-4.3.1/lib; the broker to compare with comes with Apache Kafka itself.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../apache-kafka/install.sh"
exec "$here/../copy-jars.sh" "$here/pom.xml" kafka-streams-4.3.1
