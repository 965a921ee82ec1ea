"""What the suite does to the broker while the client works."""

import threading

from .client import ProducerOptions
from .steps import create_topic, everything, idempotent_if_able, join, new_reader, numbered, poll, values_of


def while_sending(s, producer, records, deed, **details):
    """Has the suite do something while the records are under way."""
    errors = []
    sender = threading.Thread(target=lambda: errors.append(s.error_of(producer.send, records)))
    sender.start()
    s.ask(deed, **details)
    sender.join()
    s.equal("errors", errors, [None])


def first_of_each(values, is_idempotent):
    """Where a producer may write twice, what counts is the first time."""
    return values if is_idempotent else list(dict.fromkeys(values))


def idempotent_disconnects(s):
    create_topic(s, s.topic)
    producer = s.client.new_producer(ProducerOptions(s.topic, idempotent=True))
    records = numbered("value", 0, 2000)
    producer.send(records[:500])
    for first in (500, 1000, 1500):
        while_sending(s, producer, records[first : first + 500], "drop-connections")
    s.equal("values", everything(s, 2000), values_of(records))
    producer.close()


def broker_comes_back(deed):
    def scenario(s):
        create_topic(s, s.topic)
        producer, is_idempotent = idempotent_if_able(s)
        member = join(s)
        records = numbered("value", 0, 1000)
        seen = set()
        see = lambda record: seen.add(record.value)  # noqa: E731
        producer.send(records[:500])
        poll(s, "the member reads 500", lambda: len(seen) >= 500, [member], see)
        member.commit(s.topic, 0, 500)
        s.ask(deed)
        producer.send(records[500:])
        poll(s, "the member reads 1000", lambda: len(seen) >= 1000, [member], see, 60, may_fail=True)
        s.equal("values", first_of_each(everything(s, 1000), is_idempotent), values_of(records))
        producer.close()
        member.close()

    return scenario


def leader_change(s):
    create_topic(s, s.topic, 1, 3, min_insync_replicas="2")
    producer, is_idempotent = idempotent_if_able(s)
    reader = new_reader(s)
    records = numbered("value", 0, 400)
    producer.send(records[:100])
    for first in (100, 200, 300):
        while_sending(s, producer, records[first : first + 100], "move-leader", topic=s.topic)
    seen = []
    has_last = lambda: seen != [] and seen[-1].value == b"value-399"  # noqa: E731
    poll(s, "the reader sees the last", has_last, [reader], seen.append, 60, may_fail=True)
    s.equal("values of the first reader", first_of_each(values_of(seen), is_idempotent), values_of(records))
    s.equal("values of a new reader", first_of_each(everything(s, 400), is_idempotent), values_of(records))
    producer.close()
    reader.close()
