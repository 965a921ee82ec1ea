"""`session.py SERVERS`: what kafka-python can do, once."""

import sys
import time

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, NewTopic
from kafka.structs import OffsetAndMetadata

servers = sys.argv[1]
topic = "recorded-kafka-python"
# Nobody fetches from it while a transaction writes to it: what a waiting fetch sees of that is chance.
copy = f"{topic}-copy"
group = f"{topic}-group"
settings = {"bootstrap_servers": servers, "client_id": topic}
# What the broker does after it has answered: opening logs, ending transactions.
SETTLED_SECONDS = 1

print("kafka-python", kafka.__version__)
admin = KafkaAdminClient(**settings)
admin.create_topics([NewTopic(topic, 2, 1), NewTopic(copy, 2, 1)])
time.sleep(SETTLED_SECONDS)

for codec in (None, "gzip", "lz4"):
    producer = KafkaProducer(**settings, compression_type=codec, linger_ms=50)
    for number in range(4):
        value = f"{codec} {number} " + "again " * 20
        headers = [("codec", str(codec).encode())]
        producer.send(topic, value.encode(), key=str(number).encode(), partition=number % 2, headers=headers)
    producer.flush()
    producer.close()

consumer = KafkaConsumer(topic, **settings, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False)
seen = 0
deadline = time.monotonic() + 30
while seen < 12 and time.monotonic() < deadline:
    seen += sum(len(records) for records in consumer.poll(500).values())
consumer.commit()
consumer.committed(TopicPartition(topic, 0))

producer = KafkaProducer(**settings, transactional_id=f"{topic}-tx")
producer.init_transactions()
for number, commits in enumerate((True, False)):
    producer.begin_transaction()
    producer.send(copy, b"committed" if commits else b"aborted", partition=number)
    offsets = {TopicPartition(topic, 0): OffsetAndMetadata(5, "", -1)}
    producer.send_offsets_to_transaction(offsets, consumer.group_metadata())
    if commits:
        producer.commit_transaction()
    else:
        producer.abort_transaction()
    time.sleep(SETTLED_SECONDS)
producer.close()
consumer.close()

consumer = KafkaConsumer(**settings, auto_offset_reset="earliest", isolation_level="read_committed")
consumer.assign([TopicPartition(copy, partition) for partition in range(2)])
seen = 0
while seen < 1 and time.monotonic() < deadline:
    seen += sum(len(records) for records in consumer.poll(500).values())
consumer.end_offsets([TopicPartition(copy, 0)])
consumer.offsets_for_times({TopicPartition(copy, 0): 1})
consumer.close()

admin.list_topics()
admin.describe_topics([topic])
admin.describe_cluster()
admin.list_groups()
admin.describe_groups([group])
admin.list_group_offsets({group: None})
admin.describe_configs([ConfigResource("TOPIC", topic)])
admin.alter_configs([ConfigResource("TOPIC", topic, {"retention.ms": "86400000"})])
admin.create_partitions({topic: 3})
time.sleep(SETTLED_SECONDS)
admin.delete_records({TopicPartition(topic, 0): 3})
admin.describe_producers([TopicPartition(topic, 0)])
admin.list_transactions()
admin.describe_features()
admin.delete_groups([group])
admin.delete_topics([topic, copy])
admin.close()
