"""The calls about topics and groups, with the administration client of kafka-python."""

import re
import time

from compat import client as compat
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, OffsetSpec
from kafka.errors import BrokerResponseError, NodeNotReadyError, for_code
from kafka.structs import OffsetAndMetadata

RECONNECT_SECONDS = 20


class Admin(compat.Client):
    def __init__(self, servers):
        settings = {"metadata_max_age_ms": 1000, "reconnect_backoff_max_ms": 500}
        self.admin = KafkaAdminClient(bootstrap_servers=servers, **settings)

    def code(self, error):
        return getattr(error, "errno", None) or compat.UNKNOWN_CODE

    def cluster(self, topic):
        described = self.admin.describe_cluster()
        (metadata,) = self.admin.describe_topics([topic])
        if metadata["error_code"] != 0:
            raise for_code(metadata["error_code"])()
        brokers = [(broker["broker_id"], broker["host"], broker["port"]) for broker in described["brokers"]]
        partitions = [
            compat.Partition(one["partition_index"], one["leader_id"], one["replica_nodes"], one["isr_nodes"])
            for one in metadata["partitions"]
        ]
        return compat.Cluster(brokers, partitions, described["controller_id"], described["cluster_id"])

    def topics(self):
        return self.admin.list_topics()

    def create_topic(self, topic, partitions, replicas, configs):
        options = {"num_partitions": partitions, "replication_factor": replicas, "configs": configs}
        # The first call of a scenario: after a restart of the broker the library raises where others wait.
        until = time.monotonic() + RECONNECT_SECONDS
        while True:
            try:
                self.admin.create_topics({topic: options})
                return
            except NodeNotReadyError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def delete_topic(self, topic):
        self.admin.delete_topics([topic])

    def add_partitions(self, topic, total):
        self.admin.create_partitions({topic: total})

    def topic_configs(self, topic):
        return self.configs("TOPIC", topic)

    def broker_configs(self, broker):
        return self.configs("BROKER", str(broker))

    def configs(self, kind, name):
        described = self.admin.describe_configs([ConfigResource(kind, name)], config_filter="all")
        return {key: entry["value"] for key, entry in described[kind.lower()][name].items()}

    def set_topic_config(self, topic, name, value):
        results = self.admin.alter_configs([ConfigResource("TOPIC", topic, {name: value})])
        raise_if(results["topic"][topic])

    def delete_records(self, topic, partition, before):
        self.admin.delete_records({TopicPartition(topic, partition): before})

    def start_offset(self, topic, partition):
        return self.list_offset(topic, partition, OffsetSpec.EARLIEST)

    def end_offset(self, topic, partition):
        return self.list_offset(topic, partition, OffsetSpec.LATEST)

    def offset_at(self, topic, partition, timestamp_ms):
        return self.list_offset(topic, partition, timestamp_ms)

    def list_offset(self, topic, partition, spec):
        place = TopicPartition(topic, partition)
        return self.admin.list_partition_offsets({place: spec})[place].offset

    def committed(self, group, topic, partition):
        committed = self.admin.list_group_offsets(group)[group].get(TopicPartition(topic, partition))
        return None if committed is None else committed.offset

    def set_committed(self, group, topic, partition, offset):
        place = TopicPartition(topic, partition)
        raise_if(self.admin.alter_group_offsets(group, {place: OffsetAndMetadata(offset, "", -1)})[place])

    def groups(self):
        return [group["group_id"] for group in self.admin.list_groups()]

    def describe_group(self, group):
        described = self.admin.describe_groups([group])[group]
        return compat.Group(described["group_state"], [member["client_id"] for member in described["members"]])

    def delete_group(self, group):
        raise_if(self.admin.delete_groups([group])[group])


class ToldError(Exception):
    """An error that the library gives as a text, such as `[Error 40] InvalidConfigurationError: …`."""

    def __init__(self, text):
        super().__init__(text)
        number = re.match(r"\[Error (\d+)\]", text)
        self.errno = None if number is None else int(number[1])


def raise_if(result):
    """What came of a single thing, in the library's several forms: a class of error, a text, or that all is well."""
    if isinstance(result, type) and issubclass(result, BrokerResponseError) and result.errno != 0:
        raise result()
    if isinstance(result, str) and result != "OK":
        raise ToldError(result)
