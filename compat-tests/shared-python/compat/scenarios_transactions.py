"""Transactions, and what readers see of them."""

from .client import ProducerOptions, Record
from .steps import (
    by_partition,
    create_topic,
    new_reader,
    numbered,
    read,
    read_for,
    read_from,
    read_partitions,
    send,
    spread,
    values_of,
)

FENCED_CODES = (47, 51, 90)


def transactional(s):
    return s.client.new_producer(ProducerOptions(s.topic, transactional_id=f"{s.topic}-tx"))


def txn_commit(s):
    create_topic(s, s.topic, 2)
    producer = transactional(s)
    records = spread(numbered("value", 0, 10), 2)
    producer.begin()
    producer.send(records)
    producer.send_offset(s.group, s.topic, 0, 7)
    producer.commit()
    producer.close()
    found = read_partitions(s, 2, 10, read_committed=True)
    for partition, sent in by_partition(records).items():
        s.equal(f"partition {partition}", values_of(found[partition]), values_of(sent))
    s.equal("committed", s.client.committed(s.group, s.topic, 0), 7)


def txn_abort(s):
    create_topic(s, s.topic)
    producer = transactional(s)
    producer.begin()
    producer.send(numbered("dropped", 0, 10))
    producer.send_offset(s.group, s.topic, 0, 7)
    producer.abort()
    producer.begin()
    producer.send(numbered("kept", 0, 5))
    producer.commit()
    producer.close()
    kept = values_of(numbered("kept", 0, 5))
    s.equal("read_committed", values_of(read(s, 5, read_committed=True)), kept)
    s.equal("read_uncommitted", values_of(read(s, 15)), values_of(numbered("dropped", 0, 10)) + kept)
    committed = s.client.committed(s.group, s.topic, 0)
    s.require(committed is None or committed < 0, f"the group has committed {committed}")


def txn_fence(s):
    create_topic(s, s.topic)
    one = transactional(s)
    one.begin()
    one.send([Record(b"old")])
    two = transactional(s)
    two.begin()
    error = s.error_of(one.commit)
    s.require(error is not None, "the commit of the first was not refused")
    is_fenced = s.client.code(error) in FENCED_CODES or "fenced" in repr(error).lower()
    s.require(is_fenced, f"refused otherwise: {error!r}")
    two.send([Record(b"new")])
    two.commit()
    two.close()
    s.equal("read_committed", values_of(read(s, 1, read_committed=True)), ["new"])


def read_committed(s):
    create_topic(s, s.topic)
    producer = transactional(s)
    producer.begin()
    producer.send(numbered("open", 0, 5))
    send(s, numbered("plain", 0, 5))
    all_values = values_of(numbered("open", 0, 5) + numbered("plain", 0, 5))
    s.equal("read_uncommitted", values_of(read(s, 10)), all_values)
    reader = new_reader(s, read_committed=True)
    s.equal("read before the commit", read_for(s, reader, 2), [])
    producer.commit()
    producer.close()
    s.equal("read_committed", values_of(read_from(s, reader, 10)), all_values)
    reader.close()
