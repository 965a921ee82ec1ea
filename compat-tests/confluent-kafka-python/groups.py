"""Members of a group come and go: `groups.py SERVERS TOPIC PROTOCOL STRATEGY`. Prints how they share six partitions."""

import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition

servers, topic, protocol, strategy = sys.argv[1:5]
PARTITIONS = 6
WAIT_SECONDS = 60
values = {}


class Member:
    def __init__(self, instance_id=None):
        settings = {
            "bootstrap.servers": servers,
            "group.id": f"{topic}-members",
            "group.protocol": protocol,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
        if protocol == "consumer":
            settings["group.remote.assignor"] = strategy
        else:
            settings["partition.assignment.strategy"] = strategy
            settings["heartbeat.interval.ms"] = 300
        if instance_id is not None:
            settings["group.instance.id"] = instance_id
        self.lost = 0
        self.consumer = Consumer(settings)
        self.consumer.subscribe([topic], on_lost=self.on_lost)

    def on_lost(self, _consumer, partitions):
        self.lost += len(partitions)

    def poll(self):
        message = self.consumer.poll(0.02)
        if message is None:
            return
        if message.error() is not None:
            print("error", message.error())
            return
        value = message.value().decode()
        values[value] = values.get(value, 0) + 1
        self.consumer.commit(message, asynchronous=False)

    def partitions(self):
        return [one.partition for one in self.consumer.assignment()]


def poll_until(members, is_done):
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_done() and time.monotonic() < deadline:
        for member in members:
            member.poll()


def share(what, members):
    fair = PARTITIONS // len(members)
    poll_until(
        members,
        lambda: sorted(one for member in members for one in member.partitions()) == list(range(PARTITIONS))
        and all(len(member.partitions()) == fair for member in members),
    )
    print(what, *sorted(len(member.partitions()) for member in members))


def send_and_read(members, prefix):
    producer = Producer({"bootstrap.servers": servers})
    sent = [f"{prefix}-{number}" for number in range(60)]
    for number, value in enumerate(sent):
        producer.produce(topic, value, partition=number % PARTITIONS)
    producer.flush(30)
    poll_until(members, lambda: all(value in values for value in sent))
    print("read", sum(value in values for value in sent))


one = Member()
share("one member has", [one])
send_and_read([one], "alone")
two, three = Member(), Member()
share("three members have", [one, two, three])
send_and_read([one, two, three], "three")
two.consumer.close()
share("without one of them", [one, three])
send_and_read([one, three], "two")
four = Member(instance_id="static")
share("with a static one", [one, three, four])
four.consumer.close()
again = Member(instance_id="static")
share("with the static one again", [one, three, again])
send_and_read([one, three, again], "again")
committed = one.consumer.committed([TopicPartition(topic, partition) for partition in range(PARTITIONS)], 30)
print("committed", *[partition.offset for partition in committed])
print("lost", sum(member.lost for member in (one, three, again)))
for member in (one, three, again):
    member.consumer.close()
