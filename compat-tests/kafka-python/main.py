"""The scenarios of the compatibility suite with kafka-python."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "shared-python"))

from admin import Admin  # noqa: E402
from compat import client as compat  # noqa: E402
from compat.consumed import Holdings, record_of  # noqa: E402
from compat.suite import run  # noqa: E402
from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition  # noqa: E402
from kafka.consumer.group import RangePartitionAssignor  # noqa: E402
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor  # noqa: E402
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata  # noqa: E402

CALL_SECONDS = 60
POLL_MS = 100
# A member that joins again because the partitions have changed must be done within one poll, else it never reads again.
MEMBER_POLL_MS = 1000


class Client(Admin):
    def __init__(self, servers):
        self.servers = servers
        super().__init__(servers)

    def settings(self, is_old):
        """Those of all connections of a scenario."""
        settings = {"bootstrap_servers": self.servers, "metadata_max_age_ms": 1000, "reconnect_backoff_max_ms": 500}
        return settings | ({"api_version": (0, 11, 0)} if is_old else {})

    def new_producer(self, options):
        producer = KafkaProducer(
            **self.settings(options.old_protocol),
            compression_type=options.codec,
            enable_idempotence=options.idempotent or options.transactional_id is not None,
            transactional_id=options.transactional_id,
            max_block_ms=5000 if options.transactional_id is None else 30_000,
            linger_ms=5,
            delivery_timeout_ms=CALL_SECONDS * 1000,
            allow_auto_create_topics=False,
        )
        if options.transactional_id is not None:
            producer.init_transactions()
        return Producer(producer, options.topic)

    def new_reader(self, options):
        isolation = "read_committed" if options.read_committed else "read_uncommitted"
        consumer = KafkaConsumer(**self.settings(options.old_protocol), isolation_level=isolation, fetch_max_wait_ms=100)
        consumer.assign([TopicPartition(options.topic, partition) for partition in options.start])
        reader = Reader(consumer, options.topic)
        for partition, offset in options.start.items():
            reader.seek(partition, offset)
        return reader

    def join(self, options):
        if options.consumer_protocol:
            raise compat.Unsupported("kafka-python speaks the classic group protocol only")
        assignor = CooperativeStickyAssignor if options.cooperative else RangePartitionAssignor
        settings = self.settings(options.old_protocol)
        # Where they are renewed all the time, a member may join between two of them and never notice what it has missed.
        settings["metadata_max_age_ms"] = 5000
        consumer = KafkaConsumer(
            **settings,
            client_id=options.client_id,
            group_id=options.group,
            group_instance_id=options.instance_id,
            auto_offset_reset="latest" if options.at_end else "earliest",
            enable_auto_commit=False,
            session_timeout_ms=options.session_timeout_ms,
            heartbeat_interval_ms=1000,
            partition_assignment_strategy=(assignor,),
            fetch_max_wait_ms=100,
            max_poll_records=10_000,
        )
        return Member(consumer, options)


class Producer(compat.Producer):
    def __init__(self, producer, topic):
        self.producer = producer
        self.topic = topic
        self.begin = producer.begin_transaction
        self.commit = producer.commit_transaction
        self.abort = producer.abort_transaction

    def send(self, records):
        sent = [
            self.producer.send(
                self.topic, record.value, record.key, record.headers, record.partition, record.timestamp_ms
            )
            for record in records
        ]
        self.producer.flush()
        for future in sent:
            future.get(CALL_SECONDS)

    def send_offset(self, group, topic, partition, offset):
        nobody = ConsumerGroupMetadata(group, -1, "", None)
        offsets = {TopicPartition(topic, partition): OffsetAndMetadata(offset, "", -1)}
        self.producer.send_offsets_to_transaction(offsets, nobody)

    def close(self):
        self.producer.close(timeout=1)


class Reader(compat.Reader):
    def __init__(self, consumer, topic):
        self.consumer = consumer
        self.topic = topic

    def read(self, poll_ms=POLL_MS):
        batches = self.consumer.poll(poll_ms, max_records=10_000)
        return [record_of(record) for batch in batches.values() for record in batch]

    def seek(self, partition, offset):
        place = TopicPartition(self.topic, partition)
        if offset == compat.EARLIEST:
            self.consumer.seek_to_beginning(place)
        else:
            self.consumer.seek(place, offset)

    def close(self):
        self.consumer.close()


class Member(Holdings, Reader, compat.Member, ConsumerRebalanceListener):
    def __init__(self, consumer, options):
        Holdings.__init__(self)
        Reader.__init__(self, consumer, options.topic)
        if options.pattern:
            consumer.subscribe(pattern=options.topic, listener=self)
        else:
            consumer.subscribe([options.topic], listener=self)
            # Where it joins before it knows the topic, it joins twice; and where the second time takes longer than a poll,
            # it never looks at what came of it.
            consumer.partitions_for_topic(options.topic)

    def read(self):
        return super().read(MEMBER_POLL_MS)

    def commit(self, topic, partition, offset):
        self.consumer.commit({TopicPartition(topic, partition): OffsetAndMetadata(offset, "", -1)})


run(Client)
