"""`session.py SERVERS`: what librdkafka can do, once, through confluent-kafka-python."""

import sys
import time

import confluent_kafka
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic, OffsetSpec, ResourceType

servers = sys.argv[1]
topic = "recorded-librdkafka"
# Nobody fetches from it while a transaction writes to it: what a waiting fetch sees of that is chance.
copy = f"{topic}-copy"
group = f"{topic}-group"
settings = {"bootstrap.servers": servers, "client.id": topic}
# What the broker does after it has answered: opening logs, ending transactions.
SETTLED_SECONDS = 1


def done(futures):
    for future in futures.values():
        future.result()


def consume(source, group_id, protocol, isolation_level, wanted):
    consumer = Consumer(
        {
            **settings,
            "group.id": group_id,
            "group.protocol": protocol,
            "isolation.level": isolation_level,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([source])
    seen = 0
    deadline = time.monotonic() + 30
    while seen < wanted and time.monotonic() < deadline:
        message = consumer.poll(0.5)
        if message is not None and message.error() is None:
            seen += 1
    consumer.commit(asynchronous=False)
    consumer.committed([TopicPartition(source, 0)], 10)
    return consumer


print("confluent-kafka-python", confluent_kafka.version(), "with librdkafka", confluent_kafka.libversion()[0])
admin = AdminClient(settings)
done(admin.create_topics([NewTopic(name, num_partitions=2, replication_factor=1) for name in (topic, copy)]))
time.sleep(SETTLED_SECONDS)

for codec in ("none", "snappy", "zstd"):
    producer = Producer({**settings, "compression.type": codec, "linger.ms": 50})
    for number in range(4):
        value = f"{codec} {number} " + "again " * 20
        producer.produce(topic, value, key=str(number), partition=number % 2, headers={"codec": codec})
    producer.flush(10)

producer = Producer({**settings, "transactional.id": f"{topic}-tx"})
producer.init_transactions(30)
consumer = consume(topic, group, "classic", "read_uncommitted", 12)
for number, commits in enumerate((True, False)):
    producer.begin_transaction()
    producer.produce(copy, "committed" if commits else "aborted", partition=number)
    producer.send_offsets_to_transaction([TopicPartition(topic, 0, 5)], consumer.consumer_group_metadata(), 30)
    if commits:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)
    time.sleep(SETTLED_SECONDS)
consumer.close()
consume(copy, f"{group}-848", "consumer", "read_committed", 1).close()

admin.list_topics(topic, 10)
admin.list_groups(timeout=10)
done(admin.describe_consumer_groups([group, f"{group}-848"], request_timeout=10))
done(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]))
done(admin.list_offsets({TopicPartition(topic, 0): OffsetSpec.latest(), TopicPartition(topic, 1): OffsetSpec.earliest()}))
done(admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]))
done(admin.incremental_alter_configs([
    ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[
        confluent_kafka.admin.ConfigEntry(
            "retention.ms", "86400000", incremental_operation=confluent_kafka.admin.AlterConfigOpType.SET
        )
    ])
]))
done(admin.create_partitions([NewPartitions(topic, 3)]))
time.sleep(SETTLED_SECONDS)
done(admin.delete_records([TopicPartition(topic, 0, 3)]))
done(admin.delete_consumer_groups([group, f"{group}-848"]))
done(admin.delete_topics([topic, copy]))
