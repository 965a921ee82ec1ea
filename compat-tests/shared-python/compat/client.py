"""What the scenarios need of a client library. A call that the library does not have is not overridden: it raises Unsupported."""

from dataclasses import dataclass, field

# A reader that begins where the partition begins.
EARLIEST = -2
UNKNOWN_CODE = -1


class Unsupported(Exception):
    """The client library has no such call."""


class Failure(Exception):
    """What was seen is not what must be."""


@dataclass
class Record:
    value: bytes | None = None
    key: bytes | None = None
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)
    # None: the client's own clock.
    timestamp_ms: int | None = None
    partition: int = 0
    offset: int = -1
    topic: str = ""


@dataclass
class Partition:
    id: int
    leader: int
    replicas: list[int]
    isr: list[int]


@dataclass
class Cluster:
    brokers: list[tuple[int, str, int]]
    partitions: list[Partition]
    # None where the client does not tell it.
    controller: int | None = None
    id: str | None = None


@dataclass
class Group:
    """The description of a group, with Kafka's word for its state."""

    state: str
    client_ids: list[str]


@dataclass
class ProducerOptions:
    topic: str
    # None, or one of gzip, snappy, lz4, zstd.
    codec: str | None = None
    idempotent: bool = False
    transactional_id: str | None = None
    # The versions of Kafka 0.11, or the oldest that the client can be set to.
    old_protocol: bool = False


@dataclass
class ReaderOptions:
    topic: str
    start: dict[int, int] = field(default_factory=lambda: {0: EARLIEST})
    read_committed: bool = False
    old_protocol: bool = False


@dataclass
class MemberOptions:
    """It never commits by itself; its heartbeats go out each second."""

    group: str = ""
    # A topic, or the pattern of topics.
    topic: str = ""
    pattern: bool = False
    # Begins at the end, where nothing is committed: else at the beginning.
    at_end: bool = False
    instance_id: str | None = None
    client_id: str = "compat"
    cooperative: bool = False
    # The group protocol of KIP-848.
    consumer_protocol: bool = False
    session_timeout_ms: int = 10_000
    old_protocol: bool = False


def _missing(*_arguments):
    raise Unsupported("the client has no such call")


class Producer:
    """Sends to one topic, to the partitions that the records name. Its metadata are a second old at most, and it gives a
    record up after 60 seconds, a topic that is not there after five."""

    # send(records) waits until all are acknowledged, or raises the first error.
    send = begin = commit = abort = close = _missing
    # send_offset(group, topic, partition, offset): commits an offset of a group with the transaction.
    send_offset = _missing


class Reader:
    # read(): what there is, perhaps nothing, after a quarter of a second at most.
    read = seek = close = _missing


class Member(Reader):
    # commit(topic, partition, offset) waits. assigned() and revoked() are sorted partitions: those that it has, and those
    # that were ever taken from it.
    commit = assigned = revoked = _missing


class Client:
    # The calls about topics: cluster(topic), topics(), create_topic(topic, partitions, replicas, configs), and so on.
    cluster = topics = create_topic = delete_topic = add_partitions = _missing
    topic_configs = broker_configs = set_topic_config = delete_records = _missing
    # About offsets: of the start, the end, a time (None or less than 0 when there is none), of a group.
    start_offset = end_offset = offset_at = committed = set_committed = _missing
    groups = describe_group = delete_group = _missing
    # new_producer(ProducerOptions), new_reader(ReaderOptions), join(MemberOptions)
    new_producer = new_reader = join = _missing

    def code(self, error):
        """Kafka's number of an error that the client raised."""
        return UNKNOWN_CODE
