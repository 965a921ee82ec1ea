#!/usr/bin/env bash
# @platformatic/kafka 1 and a Node that is new enough for it, from npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../shared-js/npm-install.sh" platformatic-kafka-1 @platformatic/kafka@1.35.0 node@24.21.0
