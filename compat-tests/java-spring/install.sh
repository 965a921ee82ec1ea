#!/usr/bin/env bash
# Puts Spring Kafka 4.1.1 into .cache/spring-kafka-4.1.1/lib; the broker to compare with comes with Apache Kafka itself.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../apache-kafka/install.sh"
exec "$here/../copy-jars.sh" "$here/pom.xml" spring-kafka-4.1.1
