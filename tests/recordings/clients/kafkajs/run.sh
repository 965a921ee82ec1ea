#!/usr/bin/env bash
# The kafkajs of the repository's own node_modules.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."
exec node_modules/.bin/tsx tests/recordings/clients/kafkajs/session.ts "$1"
