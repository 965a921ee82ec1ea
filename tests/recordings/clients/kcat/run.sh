#!/usr/bin/env bash
# `run.sh SERVERS`: what kcat can do, once. It comes from the distribution.
set -euo pipefail
servers=$1
topic=recorded-kcat
group="$topic-group"

echo "kcat $(kcat -V | sed -nE 's/^Version ([^ ]+) .*librdkafka ([^ ]+) .*/\1 with librdkafka \2/p')"
# It has no command that makes a topic: asking for one that is not there makes it.
kcat -b "$servers" -L -t "$topic" -X allow.auto.create.topics=true >/dev/null
sleep 2
for codec in gzip lz4 zstd; do
  printf 'a-%s:one\nb-%s:two\n' "$codec" "$codec" |
    kcat -b "$servers" -P -t "$topic" -p 0 -K : -z "$codec" -H "codec=$codec" -X client.id="$topic"
done
printf 'only once\n' | kcat -b "$servers" -P -t "$topic" -p 0 -X enable.idempotence=true
printf 'unacknowledged\n' | kcat -b "$servers" -P -t "$topic" -p 0 -X acks=0
sleep 1
kcat -b "$servers" -L -t "$topic" >/dev/null
kcat -b "$servers" -Q -t "$topic:0:-1" >/dev/null
kcat -b "$servers" -C -t "$topic" -o beginning -e -q >/dev/null
kcat -b "$servers" -G "$group" -o beginning -c 7 -q "$topic" >/dev/null
