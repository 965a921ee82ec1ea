#!/usr/bin/env bash
# Puts MirrorMaker 4.3.1 into .cache/mirror-maker-4.3.1/lib; the workers come with Apache Kafka itself.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$here/../apache-kafka/install.sh"
exec "$here/../copy-jars.sh" "$here/pom.xml" mirror-maker-4.3.1
