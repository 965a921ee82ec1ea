"""Transactions of librdkafka: `transactions.py SERVERS TOPIC STEPS`. Prints what came of each step."""

import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

servers, topic, steps = sys.argv[1:4]


def producer_of(transactional_id):
    producer = Producer({"bootstrap.servers": servers, "transactional.id": transactional_id})
    producer.init_transactions(30)
    return producer


def consumer_of(group, isolation_level="read_committed", protocol="classic"):
    settings = {
        "bootstrap.servers": servers,
        "group.id": group,
        "group.protocol": protocol,
        "isolation.level": isolation_level,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
    }
    return Consumer(settings)


def commit_and_abort():
    producer = producer_of(topic)
    for number in range(5):
        commits = number % 2 == 0
        producer.begin_transaction()
        for partition in range(2):
            word = "committed" if commits else "aborted"
            producer.produce(topic, f"{word}-{number}-{partition}", partition=partition)
        producer.flush(30)
        if commits:
            producer.commit_transaction(30)
        else:
            producer.abort_transaction(30)


def read():
    for isolation_level in ("read_committed", "read_uncommitted"):
        consumer = consumer_of(f"{topic}-{isolation_level}", isolation_level)
        consumer.assign([TopicPartition(topic, partition, 0) for partition in range(2)])
        values, at_end = [], set()
        deadline = time.monotonic() + 30
        while len(at_end) < 2 and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is None:
                continue
            if message.error() is None:
                values.append(message.value().decode())
            else:
                at_end.add(message.partition())
        consumer.close()
        print(isolation_level, *sorted(values))


def fence():
    first = producer_of(topic)
    first.begin_transaction()
    first.produce(topic, "of-the-fenced", partition=0)
    first.flush(30)
    second = producer_of(topic)
    try:
        first.commit_transaction(30)
        print("the first is refused: no")
    except KafkaException as refused:
        print("the first is refused:", "yes" if refused.args[0].fatal() else refused)
    second.begin_transaction()
    second.produce(topic, "of-the-second", partition=0)
    second.commit_transaction(30)


def copy(protocol):
    """Copies 200 records to the same topic's copy, and aborts each third transaction once."""
    producer = producer_of(f"{topic}-copier")
    consumer = consumer_of(f"{topic}-copiers", protocol=protocol)
    consumer.subscribe([topic])
    copied, count = 0, 0
    deadline = time.monotonic() + 60
    while copied < 200 and time.monotonic() < deadline:
        messages = [one for one in consumer.consume(20, 0.5) if one.error() is None]
        if not messages:
            continue
        count += 1
        producer.begin_transaction()
        for message in messages:
            producer.produce(f"{topic}-copy", message.value(), partition=message.partition())
        positions = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 30)
        if count % 3 == 0:
            producer.abort_transaction(30)
            for first in {one.partition(): one for one in reversed(messages)}.values():
                consumer.seek(TopicPartition(topic, first.partition(), first.offset()))
        else:
            producer.commit_transaction(30)
            copied += len(messages)
    committed = consumer.committed([TopicPartition(topic, partition) for partition in range(2)], 30)
    print("committed", *[one.offset for one in committed])
    consumer.close()


if steps == "commit-and-abort":
    commit_and_abort()
elif steps == "read":
    read()
elif steps == "fence":
    fence()
else:
    copy(steps)
