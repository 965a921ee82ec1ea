#!/usr/bin/env bash
# @confluentinc/kafka-javascript is compiled here, with the librdkafka that its package carries: what it would download
# ready-made is on no registry. The headers of Node come with the npm package of Node itself.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder="${COMPAT_CACHE:?}/confluent-kafka-javascript"
if [ -e "$folder/compiled" ]; then exit 0; fi
for tool in g++ make python3; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install g++ make python3" >&2; exit 1; }
done
for header in openssl/ssl.h zlib.h zstd.h curl/curl.h; do
  echo "#include <$header>" | g++ -E -x c++ - >/dev/null 2>&1 ||
    { echo "$header is missing: apt-get install libssl-dev zlib1g-dev libzstd-dev libcurl4-openssl-dev" >&2; exit 1; }
done
node_version=$(node -p process.versions.node)
node_package=$(node -p '"node-" + process.platform + "-" + process.arch')
"$here/../shared-js/npm-install.sh" "node-headers-$node_version" "$node_package@$node_version"
export npm_config_nodedir="$COMPAT_CACHE/node-headers-$node_version/node_modules/$node_package"
export npm_config_build_from_source=true CKJS_LINKING=dynamic JOBS=2
npm_config_ignore_scripts=true "$here/../shared-js/npm-install.sh" confluent-kafka-javascript @confluentinc/kafka-javascript@1.10.1
cd "$folder/node_modules/@confluentinc/kafka-javascript"
# First, by itself: run as a part of the build it comes too late for what depends on it.
node util/configure >&2
npx --no-install node-pre-gyp install --build-from-source </dev/null >&2
touch "$folder/compiled"
