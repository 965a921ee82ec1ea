#!/usr/bin/env bash
# Copies the dependencies of a pom from Maven Central into a folder of the repository's .cache.
#   compat-tests/copy-jars.sh POM NAME     → .cache/NAME/lib/*.jar
# Idempotent: nothing is done when the folder was made from the same pom. Safe to run twice at once.
set -euo pipefail
pom=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache="$root/.cache/$2"
want=$(sha256sum "$pom" | cut -d ' ' -f 1)

mkdir -p "$root/.cache"
exec 9>"$cache.lock"
flock 9
if [ "$(cat "$cache/pom.sha256" 2>/dev/null)" = "$want" ]; then exit 0; fi

for tool in java mvn; do
  command -v "$tool" >/dev/null || { echo "copy-jars: $tool is missing; install a JDK 17 and Maven" >&2; exit 1; }
done
rm -rf "$cache" "$cache.partial"
mvn -q -B -f "$pom" dependency:copy-dependencies -DoutputDirectory="$cache.partial/lib" </dev/null
echo "$want" >"$cache.partial/pom.sha256"
mv "$cache.partial" "$cache"
echo "copy-jars: $(find "$cache/lib" -name '*.jar' | wc -l) jars in .cache/$2/lib"
