#!/usr/bin/env bash
# Puts the file connectors 4.3.1 into .cache/connect-file-4.3.1/lib; the workers come with Apache Kafka itself.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../apache-kafka/install.sh"
exec "$here/../copy-jars.sh" "$here/pom.xml" connect-file-4.3.1
