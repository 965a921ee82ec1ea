#!/usr/bin/env bash
# The Java clients of Apache Kafka's own jars.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../../.." && pwd)
bash "$root/compat-tests/apache-kafka/install.sh" >/dev/null
export CLASSPATH="$root/.cache/apache-kafka-4.3.1/lib/*"
logging="-Dlog4j2.configurationFile=$root/compat-tests/apache-kafka/log4j2-warn.properties"
exec java "$logging" "$here/Session.java" "$1"
