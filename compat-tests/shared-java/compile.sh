#!/usr/bin/env bash
# Puts a version of kafka-clients into the cache and compiles the program against it.
#   shared-java/compile.sh FOLDER VERSION ERA SCENARIO…     → $COMPAT_CACHE/FOLDER/{lib,classes}
# The scenarios are those that the client cannot do. Idempotent.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder="${COMPAT_CACHE:?}/$1"
version=$2
era=$3
shift 3
case "$era" in
  0.11 | 1.1) since=before-2.0 ;;
  *) since=since-2.8 ;;
esac
sources=("$here"/compat/*.java "$here/$since"/compat/*.java "$here/era-$era"/compat/*.java)
want=$(cat "${sources[@]}" "$here/pom.xml" <(echo "$version $*") | sha256sum)
if [ "$(cat "$folder/made-of" 2>/dev/null)" = "$want" ]; then exit 0; fi
for tool in java javac mvn; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: install a JDK 17 and Maven" >&2; exit 1; }
done
mkdir -p "$folder"
if [ ! -e "$folder/lib/kafka-clients-$version.jar" ]; then
  rm -rf "$folder/lib"
  mvn -q -B -f "$here/pom.xml" -Dkafka.version="$version" dependency:copy-dependencies -DoutputDirectory="$folder/lib" </dev/null >&2
fi
rm -rf "$folder/classes" "$folder/generated"
mkdir -p "$folder/generated/compat"
list=$(printf '"%s", ' "$@")
cat >"$folder/generated/compat/Cannot.java" <<JAVA
package compat;

import java.util.Set;

final class Cannot {
    static final Set<String> SCENARIOS = Set.of(${list%, });
}
JAVA
CLASSPATH="$folder/lib/*" javac -nowarn -Xlint:none -d "$folder/classes" \
  "${sources[@]}" "$folder/generated/compat/Cannot.java" >&2
echo "$want" >"$folder/made-of"
