"""Members of groups, and offsets of groups."""

import re
import time

from .client import ProducerOptions
from .steps import (
    PATIENCE_SECONDS,
    QUIET_SECONDS,
    create_topic,
    has,
    join,
    numbered,
    poll,
    poll_for,
    read_with,
    send,
    shared,
    spread,
    values_of,
)

FENCED_INSTANCE_ID = 82


def offset_reset(s):
    create_topic(s, s.topic)
    producer = s.client.new_producer(ProducerOptions(s.topic))
    producer.send(numbered("value", 0, 10))
    member = join(s, at_end=True)
    seen, last_probe = [], 0

    def sees_a_probe():
        nonlocal last_probe
        if time.monotonic() - last_probe > 1:
            producer.send(numbered("probe", 0, 1))
            last_probe = time.monotonic()
        return seen != []

    poll(s, "the member sees a probe", sees_a_probe, [member], seen.append)
    producer.send(numbered("value", 10, 20))
    poll(s, "the member sees the last", lambda: seen[-1].value == b"value-19", [member], seen.append)
    values = [value for value in values_of(seen) if not value.startswith("probe")]
    s.equal("values", values, values_of(numbered("value", 10, 20)))
    member.close()
    producer.close()


def commit_resume(s):
    commit_and_resume(s, 40, False)


def old_protocol(s):
    commit_and_resume(s, 50, True)


def commit_and_resume(s, offset, is_old):
    create_topic(s, s.topic)
    send(s, numbered("value", 0, 100), old_protocol=is_old)
    all_values = values_of(numbered("value", 0, 100))
    s.equal("values", read_with(s, join(s, old_protocol=is_old), 100), all_values)
    member = join(s, old_protocol=is_old)
    poll(s, "the member has its partition", has(member, 1), [member])
    member.commit(s.topic, 0, offset)
    member.close()
    s.equal("committed", s.client.committed(s.group, s.topic, 0), offset)
    s.equal("values", read_with(s, join(s, old_protocol=is_old), 100 - offset), all_values[offset:])


def group_offset_alter(s):
    create_topic(s, s.topic)
    send(s, numbered("value", 0, 100))
    s.client.set_committed(s.group, s.topic, 0, 25)
    s.equal("values", read_with(s, join(s), 75), values_of(numbered("value", 25, 100)))


def subscribe_pattern(s):
    for name in ("-a", "-b"):
        create_topic(s, s.topic + name)
        send(s, numbered("value", 0, 10), topic=s.topic + name)
    member = join(s, topic=f"^{re.escape(s.topic)}-.*", pattern=True)
    seen = []
    poll(s, "20 records", lambda: len(seen) >= 20, [member], seen.append)
    member.close()
    for name in ("-a", "-b"):
        of_one = [record for record in seen if record.topic == s.topic + name]
        s.equal(name, values_of(of_one), values_of(numbered("value", 0, 10)))


def group_come_go(s):
    create_topic(s, s.topic, 4)
    one = join(s)
    poll(s, "one has 4", has(one, 4), [one])
    other = join(s)
    poll(s, "each has 2", shared(one, other), [one, other])
    other.close()
    poll(s, "one has 4 again", has(one, 4), [one])
    send_to_four(s, one)


def send_to_four(s, *members):
    """40 records for the four partitions: the members read each exactly once."""
    records = spread(numbered("value", 0, 40), 4)
    send(s, records)
    seen = []
    poll(s, "40 records", lambda: len(seen) >= 40, members, seen.append)
    poll_for(s, QUIET_SECONDS, members, seen.append)
    s.equal("values", sorted(values_of(seen)), sorted(values_of(records)))
    for member in members:
        member.close()


def group_member_dies(s):
    create_topic(s, s.topic, 4)
    one = join(s, session_timeout_ms=6000)
    poll(s, "one has 4", has(one, 4), [one])
    child = s.start_child_member(6000)
    try:
        poll(s, "one has 2", has(one, 2), [one])
        poll_for(s, 1, [one])
    finally:
        child.kill()
        child.wait()
    poll(s, "one has 4 again", has(one, 4), [one], limit_seconds=20)
    one.close()


def static_membership(s):
    create_topic(s, s.topic, 4)
    one = join(s, instance_id="one", session_timeout_ms=30_000)
    two = join(s, instance_id="two", session_timeout_ms=30_000)
    poll(s, "each has 2", shared(one, two), [one, two])
    poll_for(s, 1, [one, two])
    had, revoked = one.assigned(), len(two.revoked())
    one.close()
    again = join(s, instance_id="one", session_timeout_ms=30_000)
    poll(s, "one has 2 again", has(again, 2), [again, two], limit_seconds=10)
    s.equal("the partitions of one", again.assigned(), had)
    s.equal("revoked from two", len(two.revoked()), revoked)
    again.close()
    two.close()


def cooperative_rebalance(s):
    create_topic(s, s.topic, 4)
    one = join(s, cooperative=True)
    poll(s, "one has 4", has(one, 4), [one])
    s.equal("revoked so far", one.revoked(), [])
    other = join(s, cooperative=True)
    poll(s, "each has 2", shared(one, other), [one, other])
    s.equal("revoked from one", one.revoked(), other.assigned())
    other.close()
    one.close()


def consumer_protocol(s):
    create_topic(s, s.topic, 4)
    one = join(s, consumer_protocol=True)
    poll(s, "one has 4", has(one, 4), [one])
    other = join(s, consumer_protocol=True)
    poll(s, "each has 2", shared(one, other), [one, other])
    send_to_four(s, one, other)


def error_fenced(s):
    create_topic(s, s.topic)
    # Never closed: a library may wait for ever for the leave of a member that is fenced.
    one = join(s, instance_id="one")
    poll(s, "one has its partition", has(one, 1), [one])
    other = join(s, instance_id="one")
    poll(s, "the other has it", has(other, 1), [other])

    def is_fenced():
        error = s.error_of(one.read) or s.error_of(one.commit, s.topic, 0, 0)
        return error is not None and (s.client.code(error) == FENCED_INSTANCE_ID or "fenced" in str(error).lower())

    s.until("one is fenced", is_fenced, PATIENCE_SECONDS)
    other.close()
