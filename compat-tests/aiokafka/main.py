"""The scenarios of the compatibility suite with aiokafka."""

import asyncio
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "shared-python"))

from admin import Admin  # noqa: E402
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition  # noqa: E402
from aiokafka.coordinator.assignors.range import RangePartitionAssignor  # noqa: E402
from compat import client as compat  # noqa: E402
from compat.consumed import Holdings, record_of  # noqa: E402
from compat.suite import run  # noqa: E402

CALL_SECONDS = 110
POLL_MS = 100


class Loop:
    """The event loop of the library, in a thread of its own: the scenarios wait for what runs on it."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def wait(self, coroutine, seconds=CALL_SECONDS):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(seconds)

    def make(self, maker, **settings):
        """The library's objects want to be made on the loop, and started."""

        async def started():
            made = maker(**settings)
            await made.start()
            return made

        return self.wait(started())


async def on_loop(call, *arguments):
    return call(*arguments)


class Client(Admin):
    def __init__(self, servers):
        self.settings = {"bootstrap_servers": servers, "metadata_max_age_ms": 1000}
        super().__init__(Loop(), self.settings)

    def new_producer(self, options):
        producer = self.loop.make(
            AIOKafkaProducer,
            **self.settings,
            compression_type=options.codec,
            enable_idempotence=options.idempotent or options.transactional_id is not None,
            transactional_id=options.transactional_id,
            acks="all",
            linger_ms=5,
            # Also how long it waits for a topic that is not there.
            request_timeout_ms=10_000,
        )
        return Producer(self.loop, producer, options.topic)

    def new_reader(self, options):
        isolation = "read_committed" if options.read_committed else "read_uncommitted"
        # The library begins to look for a position when it is assigned. When that ends after seek_to_beginning, the seek is lost.
        settings = {**self.settings, "isolation_level": isolation, "auto_offset_reset": "earliest"}
        consumer = self.loop.make(AIOKafkaConsumer, **settings, fetch_max_wait_ms=100)
        reader = Reader(self.loop, consumer, options.topic)
        partitions = [TopicPartition(options.topic, partition) for partition in options.start]
        self.loop.wait(on_loop(consumer.assign, partitions))
        for partition, offset in options.start.items():
            reader.seek(partition, offset)
        return reader

    def join(self, options):
        if options.consumer_protocol:
            raise compat.Unsupported("aiokafka speaks the classic group protocol only")
        if options.cooperative:
            raise compat.Unsupported("aiokafka has no cooperative assignor")
        consumer = self.loop.make(
            AIOKafkaConsumer,
            **self.settings,
            client_id=options.client_id,
            group_id=options.group,
            group_instance_id=options.instance_id,
            auto_offset_reset="latest" if options.at_end else "earliest",
            enable_auto_commit=False,
            session_timeout_ms=options.session_timeout_ms,
            heartbeat_interval_ms=1000,
            partition_assignment_strategy=(RangePartitionAssignor,),
            fetch_max_wait_ms=100,
        )
        return Member(self.loop, consumer, options)


class Producer(compat.Producer):
    def __init__(self, loop, producer, topic):
        self.loop = loop
        self.producer = producer
        self.topic = topic

    def send(self, records):
        async def send_all():
            sent = [
                await self.producer.send(
                    self.topic,
                    record.value,
                    record.key,
                    record.partition,
                    record.timestamp_ms,
                    record.headers,
                )
                for record in records
            ]
            await asyncio.gather(*sent)

        self.loop.wait(send_all())

    def send_offset(self, group, topic, partition, offset):
        offsets = {TopicPartition(topic, partition): offset}
        self.loop.wait(self.producer.send_offsets_to_transaction(offsets, group))

    def begin(self):
        self.loop.wait(self.producer.begin_transaction())

    def commit(self):
        self.loop.wait(self.producer.commit_transaction())

    def abort(self):
        self.loop.wait(self.producer.abort_transaction())

    def close(self):
        self.loop.wait(self.producer.stop())


class Reader(compat.Reader):
    def __init__(self, loop, consumer, topic):
        self.loop = loop
        self.consumer = consumer
        self.topic = topic

    def read(self):
        batches = self.loop.wait(self.consumer.getmany(timeout_ms=POLL_MS))
        return [record_of(record) for batch in batches.values() for record in batch]

    def seek(self, partition, offset):
        place = TopicPartition(self.topic, partition)
        if offset == compat.EARLIEST:
            self.loop.wait(self.consumer.seek_to_beginning(place))
        else:
            self.loop.wait(on_loop(self.consumer.seek, place, offset))

    def close(self):
        self.loop.wait(self.consumer.stop())


class Member(Holdings, Reader, compat.Member, ConsumerRebalanceListener):
    def __init__(self, loop, consumer, options):
        Holdings.__init__(self)
        Reader.__init__(self, loop, consumer, options.topic)
        if options.pattern:
            loop.wait(on_loop(consumer.subscribe, (), options.topic, self))
        else:
            loop.wait(on_loop(consumer.subscribe, [options.topic], None, self))

    def commit(self, topic, partition, offset):
        self.loop.wait(self.consumer.commit({TopicPartition(topic, partition): offset}))


run(Client)
