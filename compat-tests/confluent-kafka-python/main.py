"""The scenarios of the compatibility suite with confluent-kafka-python, and the librdkafka that it brings."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "shared-python"))

from admin import Admin  # noqa: E402
from compat import client as compat  # noqa: E402
from compat.suite import run  # noqa: E402
from confluent_kafka import (  # noqa: E402
    OFFSET_BEGINNING,
    Consumer,
    KafkaException,
    Producer,
    TopicPartition,
)

CALL_SECONDS = 60
POLL_SECONDS = 0.1
READ_RECORDS_MAX = 10_000


class Client(Admin):
    def __init__(self, servers):
        self.servers = ",".join(servers)
        super().__init__(self.servers)

    def settings(self, is_old, **more):
        """Those of all connections of a scenario, with more."""
        settings = {"bootstrap.servers": self.servers, "topic.metadata.refresh.interval.ms": 1000}
        if is_old:
            settings |= {"api.version.request": False, "broker.version.fallback": "0.11.0"}
        return settings | {name.replace("_", "."): value for name, value in more.items() if value is not None}

    def new_producer(self, options):
        settings = self.settings(
            options.old_protocol,
            message_timeout_ms=CALL_SECONDS * 1000,
            topic_metadata_propagation_max_ms=5000,
            enable_idempotence=options.idempotent or options.transactional_id is not None,
            linger_ms=5,
            queue_buffering_max_messages=200_000,
            compression_codec=options.codec,
            transactional_id=options.transactional_id,
        )
        producer = Producer(settings)
        if options.transactional_id is not None:
            producer.init_transactions(CALL_SECONDS)
        return OwnProducer(producer, options.topic)

    def new_reader(self, options):
        settings = self.settings(
            options.old_protocol,
            group_id="unused",
            enable_auto_commit=False,
            isolation_level="read_committed" if options.read_committed else "read_uncommitted",
            fetch_wait_max_ms=100,
        )
        consumer = Consumer(settings)
        consumer.assign(
            [
                TopicPartition(options.topic, partition, OFFSET_BEGINNING if offset == compat.EARLIEST else offset)
                for partition, offset in options.start.items()
            ]
        )
        return Reader(consumer, options.topic)

    def join(self, options):
        settings = self.settings(
            options.old_protocol,
            client_id=options.client_id,
            group_id=options.group,
            group_instance_id=options.instance_id,
            enable_auto_commit=False,
            auto_offset_reset="latest" if options.at_end else "earliest",
            fetch_wait_max_ms=100,
        )
        if options.consumer_protocol:
            settings["group.protocol"] = "consumer"
        else:
            strategy = "cooperative-sticky" if options.cooperative else "range"
            settings |= {
                "session.timeout.ms": options.session_timeout_ms,
                "heartbeat.interval.ms": 1000,
                "partition.assignment.strategy": strategy,
            }
        return Member(Consumer(settings), options.topic)


class OwnProducer(compat.Producer):
    def __init__(self, producer, topic):
        self.producer = producer
        self.topic = topic
        self.begin = producer.begin_transaction

    def send(self, records):
        errors, acknowledged = [], []

        def report(error, message):
            (acknowledged if error is None else errors).append(error or message)

        for record in records:
            more = {} if record.timestamp_ms is None else {"timestamp": record.timestamp_ms}
            if record.headers:
                more["headers"] = record.headers
            self.producer.produce(
                self.topic, record.value, record.key, partition=record.partition, on_delivery=report, **more
            )
        while len(errors) + len(acknowledged) < len(records):
            self.producer.poll(POLL_SECONDS)
        if errors:
            raise KafkaException(errors[0])

    def send_offset(self, group, topic, partition, offset):
        # The library takes the group of a consumer only: of one that is no member, here.
        consumer = Consumer(bootstrap_of(self.producer) | {"group.id": group})
        nobody = consumer.consumer_group_metadata()
        self.producer.send_offsets_to_transaction([TopicPartition(topic, partition, offset)], nobody, CALL_SECONDS)
        consumer.close()

    def commit(self):
        self.producer.commit_transaction(CALL_SECONDS)

    def abort(self):
        self.producer.abort_transaction(CALL_SECONDS)

    def close(self):
        self.producer.flush(1)


def bootstrap_of(producer):
    brokers = producer.list_topics(timeout=CALL_SECONDS).brokers.values()
    return {"bootstrap.servers": ",".join(f"{broker.host}:{broker.port}" for broker in brokers)}


class Reader(compat.Reader):
    def __init__(self, consumer, topic):
        self.consumer = consumer
        self.topic = topic
        self.close = consumer.close

    def read(self):
        records = []
        for message in self.consumer.consume(READ_RECORDS_MAX, POLL_SECONDS):
            error = message.error()
            # The rest is news of connections, which the library mends by itself.
            if error is not None and (error.fatal() or not error.retriable() and error.code() > 0):
                raise KafkaException(error)
            if error is None:
                records.append(record_of(message))
        return records

    def seek(self, partition, offset):
        self.consumer.seek(TopicPartition(self.topic, partition, offset))


def record_of(message):
    _, timestamp_ms = message.timestamp()
    return compat.Record(
        message.value(),
        message.key(),
        message.headers() or [],
        timestamp_ms,
        message.partition(),
        message.offset(),
        message.topic(),
    )


class Member(Reader, compat.Member):
    """Keeps book of the partitions that it is given and that are taken from it. Its callbacks run inside of read()."""

    def __init__(self, consumer, topic):
        super().__init__(consumer, topic)
        self.has, self.had = set(), []
        consumer.subscribe([topic], on_assign=self.gain, on_revoke=self.lose, on_lost=self.lose)

    def gain(self, _consumer, partitions):
        self.has |= {one.partition for one in partitions}

    def lose(self, _consumer, partitions):
        self.has -= {one.partition for one in partitions}
        self.had += [one.partition for one in partitions]

    def assigned(self):
        return sorted(self.has)

    def revoked(self):
        return sorted(self.had)

    def commit(self, topic, partition, offset):
        committed = self.consumer.commit(offsets=[TopicPartition(topic, partition, offset)], asynchronous=False)
        if committed[0].error is not None:
            raise KafkaException(committed[0].error)


run(Client)
