#!/usr/bin/env bash
# For the suite, kafkajs goes into its cache; for the tests of this folder it comes with the development dependencies.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -n "${COMPAT_CACHE:-}" ]; then exec "$here/../shared-js/npm-install.sh" kafkajs kafkajs@2.2.4; fi
if [ -d "$here/../../node_modules/kafkajs" ]; then exit 0; fi
cd "$here/../.."
npm ci --no-audit --no-fund </dev/null
