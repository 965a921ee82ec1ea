"""The calls about topics and groups, with the administration client of aiokafka, and its consumer where that has none."""

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code
from compat import client as compat


class Admin(compat.Client):
    def __init__(self, loop, settings):
        self.loop = loop
        self.settings = settings
        self.admin = loop.make(AIOKafkaAdminClient, **settings)
        # In no group: asks for the offsets of partitions.
        self.onlooker = None

    def code(self, error):
        return getattr(error, "errno", None) or compat.UNKNOWN_CODE

    def cluster(self, topic):
        described = self.loop.wait(self.admin.describe_cluster())
        (metadata,) = self.loop.wait(self.admin.describe_topics([topic]))
        raise_if(metadata["error_code"])
        brokers = [(broker["node_id"], broker["host"], broker["port"]) for broker in described["brokers"]]
        partitions = [
            compat.Partition(one["partition"], one["leader"], one["replicas"], one["isr"])
            for one in metadata["partitions"]
        ]
        return compat.Cluster(brokers, partitions, described["controller_id"], described.get("cluster_id"))

    def topics(self):
        return self.loop.wait(self.admin.list_topics())

    def create_topic(self, topic, partitions, replicas, configs):
        created = NewTopic(topic, partitions, replicas, topic_configs=configs)
        response = self.loop.wait(self.admin.create_topics([created]))
        raise_if(response.topic_errors[0][1])

    def delete_topic(self, topic):
        response = self.loop.wait(self.admin.delete_topics([topic]))
        raise_if(response.topic_error_codes[0][1])

    def add_partitions(self, topic, total):
        self.loop.wait(self.admin.create_partitions({topic: NewPartitions(total)}))

    def topic_configs(self, topic):
        return self.configs(ConfigResourceType.TOPIC, topic)

    def broker_configs(self, broker):
        return self.configs(ConfigResourceType.BROKER, str(broker))

    def configs(self, kind, name):
        responses = self.loop.wait(self.admin.describe_configs([ConfigResource(kind, name)]))
        code, _, _, _, entries = responses[0].resources[0]
        raise_if(code)
        return {entry[0]: entry[1] for entry in entries}

    def set_topic_config(self, topic, name, value):
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, {name: value})
        responses = self.loop.wait(self.admin.alter_configs([resource]))
        raise_if(responses[0].resources[0][0])

    def delete_records(self, topic, partition, before):
        place = TopicPartition(topic, partition)
        self.loop.wait(self.admin.delete_records({place: RecordsToDelete(before)}))

    def start_offset(self, topic, partition):
        place = TopicPartition(topic, partition)
        return self.loop.wait(self.looking_on().beginning_offsets([place]))[place]

    def end_offset(self, topic, partition):
        place = TopicPartition(topic, partition)
        return self.loop.wait(self.looking_on().end_offsets([place]))[place]

    def offset_at(self, topic, partition, timestamp_ms):
        place = TopicPartition(topic, partition)
        found = self.loop.wait(self.looking_on().offsets_for_times({place: timestamp_ms}))[place]
        return None if found is None else found.offset

    def set_committed(self, group, topic, partition, offset):
        place = TopicPartition(topic, partition)

        async def commit(consumer):
            consumer.assign([place])
            await consumer.commit({place: offset})

        consumer = self.new_onlooker(group)
        try:
            self.loop.wait(commit(consumer))
        finally:
            self.loop.wait(consumer.stop())

    def looking_on(self):
        if self.onlooker is None:
            self.onlooker = self.new_onlooker(None)
        return self.onlooker

    def new_onlooker(self, group):
        return self.loop.make(AIOKafkaConsumer, **self.settings, group_id=group, enable_auto_commit=False)

    def committed(self, group, topic, partition):
        place = TopicPartition(topic, partition)
        return self.loop.wait(self.admin.list_consumer_group_offsets(group, partitions=[place]))[place].offset

    def groups(self):
        return [group for group, _ in self.loop.wait(self.admin.list_consumer_groups())]

    def describe_group(self, group):
        responses = self.loop.wait(self.admin.describe_consumer_groups([group]))
        code, _, state, _, _, members, *_ = responses[0].groups[0]
        raise_if(code)
        return compat.Group(state, [member[1] for member in members])


def raise_if(code):
    if code != 0:
        raise for_code(code)()
