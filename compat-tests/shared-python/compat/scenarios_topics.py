"""Topics, configs, partitions, descriptions."""

import time

from .client import ProducerOptions
from .steps import create_topic, has, join, numbered, poll, read, send, spread, values_of

UNKNOWN_TOPIC_OR_PARTITION = 3
TOPIC_ALREADY_EXISTS = 36
INVALID_CONFIG = 40


def metadata(s):
    create_topic(s, s.topic, 3)
    cluster = s.client.cluster(s.topic)
    s.require(all(host != "" and port > 0 for _, host, port in cluster.brokers), "a broker without an address")
    brokers = [broker for broker, _, _ in cluster.brokers]
    s.require(brokers != [], "no brokers")
    s.equal("partitions", sorted(one.id for one in cluster.partitions), [0, 1, 2])
    for one in cluster.partitions:
        s.require(one.leader in brokers, f"the leader {one.leader} is no broker")
        s.require(one.leader in one.replicas and one.leader in one.isr, "the leader is no replica in sync")
    s.require(cluster.controller is None or cluster.controller in brokers, "the controller is no broker")
    s.require(cluster.id != "", "the cluster id is empty")


def topic_create_delete(s):
    topic = (s.topic, 2, 1, {"retention.ms": "3600000"})
    s.client.create_topic(*topic)
    s.refused("creating it again", TOPIC_ALREADY_EXISTS, s.client.create_topic, *topic)
    s.until("it is listed", lambda: s.topic in s.client.topics(), 10)
    s.client.delete_topic(s.topic)
    s.until("it is no longer listed", lambda: s.topic not in s.client.topics(), 15)
    s.refused("deleting it again", UNKNOWN_TOPIC_OR_PARTITION, s.client.delete_topic, s.topic)


def admin_configs(s):
    create_topic(s, s.topic, retention_ms="3600000")
    configs = s.client.topic_configs(s.topic)
    s.equal("retention.ms", configs["retention.ms"], "3600000")
    s.equal("cleanup.policy", configs["cleanup.policy"], "delete")
    s.client.set_topic_config(s.topic, "retention.ms", "7200000")
    is_set = lambda: s.client.topic_configs(s.topic)["retention.ms"] == "7200000"  # noqa: E731
    s.until("retention.ms is 7200000", is_set, 5)
    s.refused("retention.ms=many", INVALID_CONFIG, s.client.set_topic_config, s.topic, "retention.ms", "many")
    broker, _, _ = s.client.cluster(s.topic).brokers[0]
    s.require(len(s.client.broker_configs(broker)) > 10, "the broker has too few configs")


def delete_records(s):
    create_topic(s, s.topic)
    send(s, numbered("value", 0, 100))
    s.client.delete_records(s.topic, 0, 60)
    s.equal("earliest", s.client.start_offset(s.topic, 0), 60)
    s.equal("latest", s.client.end_offset(s.topic, 0), 100)
    s.equal("values", values_of(read(s, 40)), values_of(numbered("value", 60, 100)))


def partitions_added(s):
    create_topic(s, s.topic, 2)
    member = join(s)
    producer = s.client.new_producer(ProducerOptions(s.topic))
    producer.send(spread(numbered("value", 0, 100), 2))
    s.client.add_partitions(s.topic, 4)
    s.until("the new partitions are known", lambda: len(s.client.cluster(s.topic).partitions) == 4)
    for record in spread(numbered("value", 100, 200), 4):
        # The producer does not know the new ones at once.
        s.until("the record is sent", lambda record=record: s.error_of(producer.send, [record]) is None)
    per_partition = {}
    see = lambda record: per_partition.setdefault(record.partition, set()).add(record.value)  # noqa: E731
    poll(s, "200 records", lambda: sum(map(len, per_partition.values())) == 200, [member], see)
    s.equal("records of partition 2", len(per_partition[2]), 25)
    s.equal("records of partition 3", len(per_partition[3]), 25)
    member.close()
    producer.close()


def describe_groups_lag(s):
    create_topic(s, s.topic)
    send(s, numbered("value", 0, 100))
    member = join(s, client_id="the-member")
    poll(s, "the member has its partition", has(member, 1), [member])
    member.commit(s.topic, 0, 30)
    s.require(s.group in s.client.groups(), "the group is not listed")
    group = s.client.describe_group(s.group)
    s.equal("state", group.state, "Stable")
    s.equal("client ids", group.client_ids, ["the-member"])
    s.equal("lag", s.client.end_offset(s.topic, 0) - s.client.committed(s.group, s.topic, 0), 70)
    member.close()
    s.until("the group is empty", lambda: s.client.describe_group(s.group).state == "Empty", 15)
    s.client.delete_group(s.group)
    s.require(s.group not in s.client.groups(), "the group is still listed")


def error_unknown_topic(s):
    producer = s.client.new_producer(ProducerOptions(s.topic))
    began = time.monotonic()
    s.require(s.error_of(producer.send, numbered("value", 0, 1)) is not None, "the record was acknowledged")
    s.require(time.monotonic() - began < 30, "the error took more than 30 s")
    s.require(s.topic not in s.client.topics(), "the topic was made")
    producer.close()
