#!/usr/bin/env bash
# kafkajs comes with the development dependencies of this package.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ -d "$root/node_modules/kafkajs" ]; then exit 0; fi
cd "$root"
npm ci --no-audit --no-fund </dev/null
