"""What is sent comes back as it was sent."""

import threading
import time

from .client import ProducerOptions, Record
from .steps import (
    by_partition,
    crc_of,
    create_topic,
    new_reader,
    numbered,
    read,
    read_from,
    read_partitions,
    send,
    spread,
    values_of,
)

MESSAGE_TOO_LARGE = 10
INVALID_RECORD = 87


def produce_with(codec):
    def scenario(s):
        create_topic(s, s.topic)
        tail = "abcdefghij" * 10
        records = [Record(f"value-{i}-{tail}".encode(), f"key-{i}".encode()) for i in range(1000)]
        send(s, records, codec=codec)
        found = read(s, 1000)
        s.equal("offsets", [one.offset for one in found], list(range(1000)))
        s.equal("keys", [one.key for one in found], [one.key for one in records])
        s.equal("CRC of the values", crc_of(found), "51aab9cc")

    return scenario


def recompressed(s):
    create_topic(s, s.topic, compression_type="gzip")
    send(s, numbered("value", 0, 100))
    s.equal("values", values_of(read(s, 100)), values_of(numbered("value", 0, 100)))


def same(s, records):
    """Sends the records and reads exactly them."""
    create_topic(s, s.topic)
    send(s, records)
    seen = [(one.key, one.value, one.headers) for one in read(s, len(records))]
    s.equal("records", seen, [(one.key, one.value, one.headers) for one in records])


def keys_headers_nulls(s):
    headers = [("a", b"1"), ("b", b"2"), ("a", b"3")]
    same(s, [Record(b"v", b"k", headers), Record(b"no key"), Record(None, b"gone")])


def empty_values(s):
    same(s, [Record(b"", b""), Record(b""), Record(None, b"")])


def large_record(s):
    create_topic(s, s.topic)
    large = bytes(97 + j % 26 for j in range(900_000))
    producer = s.client.new_producer(ProducerOptions(s.topic))
    for value in (b"before", large, b"after"):
        producer.send([Record(value)])
    producer.close()
    s.require([one.value for one in read(s, 3)] == [b"before", large, b"after"], "the values are others")


def timestamps(s):
    create_topic(s, s.topic)
    times = [1700000000000, 1700000001000, 1600000000000]
    send(s, [Record(b"v", timestamp_ms=at) for at in times])
    s.equal("timestamps", [one.timestamp_ms for one in read(s, 3)], times)
    appended = f"{s.topic}-append"
    create_topic(s, appended, message_timestamp_type="LogAppendTime")
    send(s, [Record(b"v", timestamp_ms=1600000000000)], topic=appended)
    at = read(s, 1, topic=appended)[0].timestamp_ms
    s.require(abs(time.time() * 1000 - at) < 60_000, f"the timestamp is {at}")


def seek_offset(s):
    create_topic(s, s.topic)
    send(s, numbered("value", 0, 100))
    reader = new_reader(s, start={0: 42})
    found = read_from(s, reader, 58)
    s.equal("first offset", found[0].offset, 42)
    s.equal("values", values_of(found), values_of(numbered("value", 42, 100)))
    reader.seek(0, 0)
    s.equal("first value after the seek", read_from(s, reader, 1)[0].value, b"value-0")
    reader.close()


def seek_time(s):
    create_topic(s, s.topic)
    records = numbered("value", 0, 100)
    for i, record in enumerate(records):
        record.timestamp_ms = 1700000000000 + 1000 * i
    send(s, records)
    s.equal("at 1700000050000", s.client.offset_at(s.topic, 0, 1700000050000), 50)
    s.equal("at 1700000050001", s.client.offset_at(s.topic, 0, 1700000050001), 51)
    none = s.client.offset_at(s.topic, 0, 1800000000000)
    s.require(none is None or none < 0 or none == 100, f"at 1800000000000: {none}")
    s.equal("first", read(s, 50, start={0: 50})[0].value, b"value-50")


def many_partitions(s):
    create_topic(s, s.topic, 50)
    records = spread(numbered("value", 0, 1000), 50)
    send(s, records)
    found = read_partitions(s, 50, 1000)
    for partition, sent in by_partition(records).items():
        s.equal(f"partition {partition}", values_of(found[partition]), values_of(sent))


def batch_100k(s):
    create_topic(s, s.topic, 4)
    records = [Record(f"value-{i}-{'x' * (i % 100)}".encode(), str(i).encode()) for i in range(100_000)]
    send(s, spread(records, 4), codec="lz4")
    found = read_partitions(s, 4, 100_000)
    for partition, crc in enumerate(("1b771846", "f6b2c9b3", "173ac4af", "98433d9c")):
        s.equal("records", len(found[partition]), 25_000)
        s.equal("CRC of the values", crc_of(found[partition]), crc)


def concurrent_producers(s):
    create_topic(s, s.topic)
    all_records = [[Record(f"p{n}-{i}".encode(), f"p{n}".encode()) for i in range(500)] for n in range(4)]
    errors = []
    senders = [threading.Thread(target=lambda one=one: errors.append(s.error_of(send, s, one))) for one in all_records]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    s.equal("errors", errors, [None] * 4)
    found = read(s, 2000)
    for records in all_records:
        of_one = [one for one in found if one.key == records[0].key]
        s.equal("records of a producer", values_of(of_one), values_of(records))


def error_too_large(s):
    create_topic(s, s.topic, max_message_bytes="10000")
    refused_then_taken(s, Record(b"x" * 20_000), MESSAGE_TOO_LARGE, Record(b"small"))


def error_null_key(s):
    create_topic(s, s.topic, cleanup_policy="compact")
    refused_then_taken(s, Record(b"v"), INVALID_RECORD, Record(b"v", b"k"))


def refused_then_taken(s, refused, code, taken):
    producer = s.client.new_producer(ProducerOptions(s.topic))
    s.refused("the first record", code, producer.send, [refused])
    producer.close()
    send(s, [taken])
    s.equal("values", values_of(read(s, 1)), values_of([taken]))
