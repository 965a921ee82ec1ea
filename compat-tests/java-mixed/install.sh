#!/usr/bin/env bash
# Puts the Java client 2.1.1 into .cache/kafka-clients-2.1.1/lib; the new client comes with Apache Kafka itself.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../apache-kafka/install.sh"
exec "$here/../copy-jars.sh" "$here/pom.xml" kafka-clients-2.1.1
