#!/usr/bin/env bash
# Puts the Java clients 0.10.2.2 and 0.9.0.1 into .cache/kafka-clients-VERSION/lib; the new client comes with Apache Kafka.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../apache-kafka/install.sh"
"$here/../copy-jars.sh" "$here/pom.xml" kafka-clients-0.10.2.2
exec "$here/../copy-jars.sh" "$here/pom-0.9.xml" kafka-clients-0.9.0.1
