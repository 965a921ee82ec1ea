"""The calls about topics and groups, with the administration client of confluent-kafka-python."""

from compat import client as compat
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

CALL_SECONDS = 60
# The library's own words for what Kafka has a number for.
OWN_CODES = {
    KafkaError._UNKNOWN_TOPIC: KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_PARTITION: KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._FENCED: KafkaError.PRODUCER_FENCED,
}


def result_of(futures):
    """Of a call about one thing."""
    (future,) = futures.values()
    return future.result(CALL_SECONDS)


class Admin(compat.Client):
    def __init__(self, servers):
        self.admin = AdminClient({"bootstrap.servers": servers})

    def code(self, error):
        if isinstance(error, KafkaException):
            error = error.args[0]
        if not isinstance(error, KafkaError):
            return compat.UNKNOWN_CODE
        return OWN_CODES.get(error.code(), error.code())

    def cluster(self, topic):
        metadata = self.admin.list_topics(topic, timeout=CALL_SECONDS)
        described = metadata.topics[topic]
        if described.error is not None:
            raise KafkaException(described.error)
        brokers = [(broker.id, broker.host, broker.port) for broker in metadata.brokers.values()]
        partitions = [
            compat.Partition(one.id, one.leader, one.replicas, one.isrs) for one in described.partitions.values()
        ]
        return compat.Cluster(brokers, partitions, metadata.controller_id, metadata.cluster_id)

    def topics(self):
        return list(self.admin.list_topics(timeout=CALL_SECONDS).topics)

    def create_topic(self, topic, partitions, replicas, configs):
        result_of(self.admin.create_topics([NewTopic(topic, partitions, replicas, config=configs)]))

    def delete_topic(self, topic):
        result_of(self.admin.delete_topics([topic]))

    def add_partitions(self, topic, total):
        result_of(self.admin.create_partitions([NewPartitions(topic, total)]))

    def topic_configs(self, topic):
        return self.configs(ResourceType.TOPIC, topic)

    def broker_configs(self, broker):
        return self.configs(ResourceType.BROKER, str(broker))

    def configs(self, kind, name):
        entries = result_of(self.admin.describe_configs([ConfigResource(kind, name)]))
        return {entry.name: entry.value for entry in entries.values()}

    def set_topic_config(self, topic, name, value):
        entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
        result_of(self.admin.incremental_alter_configs([resource]))

    def delete_records(self, topic, partition, before):
        result_of(self.admin.delete_records([TopicPartition(topic, partition, before)]))

    def start_offset(self, topic, partition):
        return self.list_offset(topic, partition, OffsetSpec.earliest())

    def end_offset(self, topic, partition):
        return self.list_offset(topic, partition, OffsetSpec.latest())

    def offset_at(self, topic, partition, timestamp_ms):
        return self.list_offset(topic, partition, OffsetSpec.for_timestamp(timestamp_ms))

    def list_offset(self, topic, partition, spec):
        return result_of(self.admin.list_offsets({TopicPartition(topic, partition): spec})).offset

    def committed(self, group, topic, partition):
        wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, partition)])
        return result_of(self.admin.list_consumer_group_offsets([wanted])).topic_partitions[0].offset

    def set_committed(self, group, topic, partition, offset):
        wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, partition, offset)])
        result_of(self.admin.alter_consumer_group_offsets([wanted]))

    def groups(self):
        return [group.group_id for group in self.admin.list_consumer_groups().result(CALL_SECONDS).valid]

    def describe_group(self, group):
        described = result_of(self.admin.describe_consumer_groups([group]))
        state = described.state.name.title().replace("_", "")
        return compat.Group(state, [member.client_id for member in described.members])

    def delete_group(self, group):
        result_of(self.admin.delete_consumer_groups([group]))
