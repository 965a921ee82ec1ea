#!/usr/bin/env bash
# franz-go from the Go module proxy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec go run . "$1"
