"""The steps that many scenarios share: topics, sending, reading, polling the members of a group."""

import time
import zlib
from dataclasses import replace

from .client import MemberOptions, ProducerOptions, ReaderOptions, Record, Unsupported

PATIENCE_SECONDS = 30
QUIET_SECONDS = 0.5


def create_topic(s, topic, partitions=1, replicas=1, **configs):
    """Makes the topic, and waits until its partitions answer: a leader is named a moment before it takes records."""
    s.client.create_topic(topic, partitions, replicas, {name.replace("_", "."): value for name, value in configs.items()})

    def answer():
        s.equal("partitions", len(s.client.cluster(topic).partitions), partitions)
        for partition in range(partitions):
            s.client.end_offset(topic, partition)

    s.until("the partitions of the new topic answer", lambda: s.error_of(answer) is None)


def send(s, records, **options):
    """Sends with a producer of its own."""
    producer = s.client.new_producer(ProducerOptions(**{"topic": s.topic, **options}))
    producer.send(records)
    producer.close()


def new_reader(s, **options):
    return s.client.new_reader(ReaderOptions(**{"topic": s.topic, **options}))


def read(s, count, **options):
    """Reads exactly so many: nothing may follow."""
    reader = new_reader(s, **options)
    records = read_from(s, reader, count)
    s.equal("records", len(records) + len(read_for(s, reader, QUIET_SECONDS)), count)
    reader.close()
    return records


def read_partitions(s, partitions, count, **options):
    return by_partition(read(s, count, start=dict.fromkeys(range(partitions), -2), **options))


def read_from(s, reader, count):
    records = []
    poll(s, f"{count} records", lambda: len(records) >= count, [reader], records.append, 2 * PATIENCE_SECONDS)
    return records


def read_for(s, reader, seconds):
    records = []
    poll_for(s, seconds, [reader], records.append)
    return records


def everything(s, count):
    """What a new reader finds, until nothing follows the count that must be there."""
    reader = new_reader(s)
    values = values_of(read_from(s, reader, count) + read_for(s, reader, QUIET_SECONDS))
    reader.close()
    return values


def join(s, **options):
    return s.client.join(MemberOptions(**{"group": s.group, "topic": s.topic, **options}))


def read_with(s, member, count):
    """Has a member of the group read exactly so many values, and closes it."""
    values = values_of(read_from(s, member, count) + read_for(s, member, QUIET_SECONDS))
    member.close()
    return values


def poll(s, what, is_done, readers, see=None, limit_seconds=PATIENCE_SECONDS, may_fail=False):
    """Reads from all in turn, until it is done; through errors, as they come while a broker is away, if it may fail."""
    deadline = time.monotonic() + limit_seconds
    while not is_done():
        s.require(time.monotonic() < deadline, f"{what}: not within {limit_seconds} s")
        for reader in readers:
            try:
                records = reader.read()
            except Exception:
                if not may_fail:
                    raise
                continue
            for record in records if see is not None else ():
                see(record)


def poll_for(s, seconds, readers, see=None):
    end = time.monotonic() + seconds
    poll(s, "", lambda: time.monotonic() >= end, readers, see, seconds + PATIENCE_SECONDS)


def has(member, count):
    return lambda: len(member.assigned()) == count


def shared(one, other):
    """Two members have two partitions each, none in common."""
    return lambda: len(one.assigned()) == 2 and sorted(one.assigned() + other.assigned()) == [0, 1, 2, 3]


def idempotent_if_able(s):
    try:
        return s.client.new_producer(ProducerOptions(s.topic, idempotent=True)), True
    except Unsupported:
        return s.client.new_producer(ProducerOptions(s.topic)), False


def numbered(word, start, end):
    return [Record(f"{word}-{number}".encode()) for number in range(start, end)]


def spread(records, partitions):
    """Gives each record the partition of its place in the list."""
    return [replace(record, partition=place % partitions) for place, record in enumerate(records)]


def by_partition(records):
    partitions = {}
    for record in records:
        partitions.setdefault(record.partition, []).append(record)
    return partitions


def values_of(records):
    return [record.value.decode() for record in records]


def crc_of(records):
    return f"{zlib.crc32(b''.join(record.value + bytes([10]) for record in records)):08x}"
