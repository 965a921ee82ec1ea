#!/usr/bin/env bash
# Puts the jars of Apache Kafka 4.3.1 into .cache/apache-kafka-4.3.1/lib.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../copy-jars.sh" "$here/pom.xml" apache-kafka-4.3.1
