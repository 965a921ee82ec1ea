/**
 * The scenarios of the compatibility suite: what every client does, word for word the same in each language. A client's
 * program implements them by these texts; the numbers in them are exact. The common rules (names, limits, what the
 * program prints) are in README.md.
 */

/** What a scenario may ask of the suite, because a client cannot do it to a broker. */
export type Deed = "restart-broker" | "kill-broker" | "drop-connections" | "move-leader";

export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Where its users told of the bug that it is about, if there was one. */
  readonly origin?: string;
  /** What the program does, and what it must see. */
  readonly steps: string;
  /** What only the suite's own broker can do: on a broker that is somebody else's such a scenario is skipped. */
  readonly deeds: readonly Deed[];
  /** How many brokers the cluster has. */
  readonly brokers: 1 | 3;
  /** The program gives the scenario up, as failed, after so long. */
  readonly limitS: number;
}

interface Rest {
  readonly deeds?: readonly Deed[];
  readonly brokers?: 3;
  readonly limitS?: number;
}

function scenario(id: string, title: string, steps: string, rest: Rest = {}): Scenario {
  const { deeds = [], brokers = 1, limitS = 60 } = rest;
  return { id, title, steps: steps.trim().replaceAll(/\s+/g, " "), deeds, brokers, limitS };
}

function produceWith(codec: string): Scenario {
  return scenario(
    `produce-${codec}`,
    `Records sent with ${codec === "none" ? "no codec" : codec} come back whole`,
    `Send records i = 0…999 with key "key-<i>" and value "value-<i>-" followed by ten times "abcdefghij",
     ${codec === "none" ? "uncompressed" : `compressed with ${codec}`}, in batches as the client likes. A new consumer reads
     from the beginning: 1000 records at offsets 0…999, each key and each value as sent. CRC of the values: 51aab9cc.`,
  );
}

export const scenarios: readonly Scenario[] = [
  scenario(
    "metadata",
    "The cluster and a topic are described",
    `Create the topic with 3 partitions. Ask for the metadata of the cluster and of the topic: at least one broker, each
     with a host that is not empty and a port above 0; the topic has exactly the partitions 0, 1, 2; each has a leader
     that is one of the brokers, and the leader is among its replicas and in its ISR. Where the client tells them: the
     cluster id is not empty, the controller is one of the brokers.`,
  ),
  scenario(
    "topic-create-delete",
    "A topic is created once, listed, deleted",
    `Create the topic with 2 partitions and the config retention.ms=3600000. Create it again: TOPIC_ALREADY_EXISTS. It
     is in the list of topics (within 10 s). Delete it: within 15 s it is no longer in the list. Delete it again:
     UNKNOWN_TOPIC_OR_PARTITION.`,
  ),
  produceWith("none"),
  produceWith("gzip"),
  produceWith("snappy"),
  produceWith("lz4"),
  produceWith("zstd"),
  scenario(
    "recompressed",
    "A topic with a codec of its own stores what came without one",
    `Create the topic with compression.type=gzip. Send value-0 … value-99 uncompressed. A consumer reads exactly these,
     in order.`,
  ),
  scenario(
    "keys-headers-nulls",
    "Keys, headers and null values are kept",
    `Send in this order: (0) key "k", value "v", headers a=1, b=2, a=3 (a client whose headers are a map: a=1, b=2); (1)
     key null, value "no key", no headers; (2) key "gone", value null. Read from the beginning: exactly three records,
     each as sent; null is null and not empty; the headers in order, with their values as bytes.`,
  ),
  scenario(
    "empty-values",
    "Empty is not null",
    `Send: (0) key "" and value ""; (1) key null and value ""; (2) key "" and value null. Read: three records; what was
     empty is empty (length 0, not null), what was null is null.`,
  ),
  scenario(
    "large-record",
    "A record of 900,000 bytes",
    `Send "before"; then a value of 900000 bytes, byte j being the letter "a" + (j mod 26), uncompressed; then "after".
     Read: three records in this order. CRC of the large one, without the line feed: ba148999.`,
  ),
  scenario(
    "timestamps",
    "Timestamps of the producer, and of the broker",
    `Create the topic with retention.ms=-1 (the records are old). Send 3 records with the timestamps 1700000000000,
     1700000001000, 1600000000000: they come back with these. Create a second topic, <topic>-append, with
     message.timestamp.type=LogAppendTime, and send one record with the timestamp 1600000000000: it comes back with a
     timestamp within 60 s of now.`,
  ),
  scenario(
    "seek-offset",
    "Reading from an offset, and back",
    `Send value-0 … value-99. A consumer at offset 42 (assigned, or after a seek): the next record is value-42 at offset
     42, and 57 more follow. Then it seeks to 0: the next record is value-0.`,
  ),
  scenario(
    "seek-time",
    "Finding an offset by a time",
    `Create the topic with retention.ms=-1. Send value-0 … value-99, record i with the timestamp 1700000000000 + 1000 i.
     The offset for time 1700000050000 is 50, for 1700000050001 it is 51, for 1800000000000 there is none (the client
     says none, -1, or the end 100). A consumer at 50 reads value-50 first.`,
  ),
  scenario(
    "offset-reset",
    "A new group begins at the end",
    `Send value-0 … value-9. A consumer of a new group with auto.offset.reset=latest subscribes and is assigned its
     partition (and has its position). Send value-10 … value-19 (the sending may be repeated as "probe" records until
     the first is seen; those are not counted). The consumer sees value-10 … value-19 in order, and none of value-0 …
     value-9.`,
  ),
  scenario(
    "commit-resume",
    "A committed offset is where the group goes on",
    `Send value-0 … value-99. A consumer of the group, without automatic commits, reads from the beginning, commits
     offset 40 and closes. The committed offset of the group is 40. A new consumer of the group reads value-40 first,
     and up to value-99.`,
  ),
  scenario(
    "group-offset-alter",
    "An administrator moves a group",
    `Send value-0 … value-99. Without a consumer, set the committed offset of the group to 25 by the administration
     client (or by a consumer that is assigned, not subscribed). A new consumer of the group, subscribed, reads value-25
     first.`,
  ),
  scenario(
    "subscribe-pattern",
    "A subscription by pattern",
    `Create <topic>-a and <topic>-b, send 10 records to each (value-0 … value-9). A consumer of a group subscribes to
     the pattern ^<topic>-.* and reads, from the beginning, 10 records of each.`,
  ),
  scenario(
    "many-partitions",
    "One consumer, fifty partitions",
    `Create the topic with 50 partitions; send value-0 … value-999, record i to partition i mod 50. One consumer reads
     all: 20 records of each partition p, in order value-p, value-(p+50), …`,
  ),
  scenario(
    "group-come-go",
    "Members come and go",
    `4 partitions. Member A joins the group: it has all 4. Member B joins: within 30 s each has 2, and none in common. B
     leaves: within 30 s A has 4. Then send 40 records, record i (value-i) to partition i mod 4: A reads each exactly
     once.`,
    { limitS: 90 },
  ),
  scenario(
    "group-member-dies",
    "A member dies without a word",
    `4 partitions, session timeout 6 s (heartbeats each 1 s). Members A and B share the group, 2 partitions each. B ends
     without LeaveGroup (a child process of the program killed by SIGKILL is the plain way; closing its sockets is
     another). Within 20 s A has all 4.`,
    { limitS: 90 },
  ),
  scenario(
    "static-membership",
    "A static member comes back to its partitions",
    `4 partitions, session timeout 30 s. Members with group.instance.id "one" and "two" have 2 partitions each. "one"
     closes (a static member sends no LeaveGroup) and a new client with group.instance.id "one" joins within 10 s: it
     has the same two partitions, and "two" had no partition revoked meanwhile.`,
    { limitS: 90 },
  ),
  scenario(
    "cooperative-rebalance",
    "A cooperative rebalance takes only what moves",
    `4 partitions, the assignor cooperative-sticky. A has 4. B joins; within 30 s each has 2. A was told of the loss of
     exactly the two that B has now; the two that it keeps were never revoked.`,
    { limitS: 90 },
  ),
  scenario(
    "consumer-protocol",
    "The consumer protocol of KIP-848",
    `4 partitions, group.protocol=consumer. A has 4; B joins; within 30 s each has 2, none in common. Send 40 records (a
     client that does not drop what it was fetching for partitions that it has lost: a second later), record i (value-i)
     to partition i mod 4: A and B together read each exactly once.`,
    { limitS: 90 },
  ),
  scenario(
    "idempotent-disconnects",
    "An idempotent producer whose connections are cut",
    `An idempotent producer sends value-0 … value-1999 in order. When 500, 1000 and 1500 are sent (some not yet
     acknowledged, where the client can have several in flight), ask for drop-connections. All 2000 are acknowledged in
     the end. A reader finds exactly 2000 records, value-0 … value-1999 in order.`,
    { deeds: ["drop-connections"], limitS: 90 },
  ),
  scenario(
    "concurrent-producers",
    "Four producers, one partition",
    `Four producers at once each send 500 records with key "p<n>" and value "p<n>-<i>" (n = 0…3). A reader finds 2000
     records; those of each producer in the order 0…499, none twice.`,
  ),
  scenario(
    "txn-commit",
    "A transaction over two partitions and a group",
    `2 partitions. In one transaction: value-0 … value-9, record i to partition i mod 2; and offset 7 of partition 0 for
     the group (sendOffsetsToTransaction; a client without it: leave this out). Commit. A read_committed reader finds
     these 10, 5 of each partition in order. The committed offset of the group is 7.`,
  ),
  scenario(
    "txn-abort",
    "An aborted transaction is not seen",
    `One transactional producer: value "dropped-0" … "dropped-9" in a transaction that is aborted (with offset 7 for the
     group in it, where the client can), then "kept-0" … "kept-4" in one that is committed. A read_committed reader
     finds exactly kept-0 … kept-4; a read_uncommitted reader finds all 15 in order. The group has no committed offset.`,
  ),
  scenario(
    "txn-fence",
    "A second producer with the same transactional.id fences the first",
    `Producer one begins a transaction and sends "old" (acknowledged). Producer two with the same transactional.id is
     initialised. One's commit (or next send) fails as fenced (PRODUCER_FENCED or INVALID_PRODUCER_EPOCH). Two sends
     "new" in a transaction and commits. A read_committed reader finds exactly "new".`,
  ),
  scenario(
    "read-committed",
    "An open transaction holds readers back",
    `A transactional producer sends "open-0" … "open-4" (acknowledged, not committed). A plain producer sends "plain-0"
     … "plain-4". A read_uncommitted reader finds the 10 in this order. A read_committed reader finds none within 2 s.
     The transaction is committed: the same reader finds the 10 in this order.`,
  ),
  scenario(
    "batch-100k",
    "100,000 records, checked by content",
    `4 partitions. Send records i = 0…99999 with key "<i>" and value "value-<i>-" followed by (i mod 100) times "x", to
     partition i mod 4, batched as the client likes, compressed with lz4 if it can. Read all: 25000 of each partition,
     in order. CRC of the values of partition 0: 1b771846, 1: f6b2c9b3, 2: 173ac4af, 3: 98433d9c.`,
    { limitS: 240 },
  ),
  scenario(
    "admin-configs",
    "Configs are described and altered",
    `Create the topic with retention.ms=3600000. Describe its configs: retention.ms is 3600000, cleanup.policy is
     delete. Alter (incrementally where the client can) retention.ms to 7200000: within 5 s the description says so.
     Altering retention.ms to "many" fails with INVALID_CONFIG. The description of a broker's configs has more than 10
     entries.`,
  ),
  scenario(
    "partitions-added",
    "Partitions are added under load",
    `2 partitions. A consumer of a group runs all the time (from the beginning; metadata refreshed each second). Send
     value-0 … value-99, record i to partition i mod 2. Make it 4 partitions (by the client, or by asking
     add-partitions). Send value-100 … value-199, record i to partition i mod 4, as soon as the producer knows the new
     ones. Within 30 s the consumer has read each of the 200; 25 records from each of partitions 2 and 3.`,
    { limitS: 90 },
  ),
  scenario(
    "delete-records",
    "Records before an offset are deleted",
    `Send value-0 … value-99. Delete the records before offset 60. The earliest offset is 60, the latest 100. A reader
     from the beginning finds value-60 … value-99.`,
  ),
  scenario(
    "describe-groups-lag",
    "A group is described, with its lag",
    `Send value-0 … value-99. A consumer of the group commits offset 30 and stays. The list of groups has the group; its
     description is Stable with one member, whose client id is the one set. Committed 30 and latest 100 make a lag of
     70. The consumer closes: within 15 s the state is Empty. Delete the group: it is no longer listed.`,
  ),
  scenario(
    "error-unknown-topic",
    "A topic that does not exist",
    `Do not create the topic. A producer that sends one record to it gets an error (unknown topic, or its own time-out
     in waiting for the metadata: set such time-outs to about 5 s) within 30 s. The topic is not in the list of topics
     afterwards.`,
  ),
  scenario(
    "error-too-large",
    "A record larger than the topic allows",
    `Create the topic with max.message.bytes=10000. Sending a value of 20000 bytes ("x"), uncompressed, fails with
     MESSAGE_TOO_LARGE. The same producer (or a new one) then sends "small": it is acknowledged, and is the only record
     that a reader finds.`,
  ),
  scenario(
    "error-null-key",
    "A compacted topic refuses a record without a key",
    `Create the topic with cleanup.policy=compact. Sending a record with key null and value "v" fails with
     INVALID_RECORD. A record with key "k" and value "v" is then acknowledged, and is the only one that a reader finds.`,
  ),
  scenario(
    "error-fenced",
    "A static member is fenced by another of its name",
    `Member A with group.instance.id "one" has the topic's partitions. A second client with the same group.instance.id
     joins and gets them. A's next heartbeat, poll or commit fails with FENCED_INSTANCE_ID within 30 s (however the
     client tells: an error, a fatal event, its end).`,
    { limitS: 90 },
  ),
  scenario(
    "broker-restart",
    "The broker restarts in the middle",
    `A producer (idempotent if the client can) sends value-0 … value-499, all acknowledged; a consumer of a group reads
     along, committing. Ask for restart-broker. The same producer sends value-500 … value-999, all acknowledged; the
     same consumer has read each of the 1000 at least once within 60 s. A new reader finds value-0 … value-999 in order,
     exactly once each if the producer was idempotent.`,
    { deeds: ["restart-broker"], limitS: 240 },
  ),
  scenario(
    "broker-kill",
    "The broker is killed and comes back",
    `As broker-restart, with kill-broker in place of restart-broker.`,
    { deeds: ["kill-broker"], limitS: 240 },
  ),
  scenario(
    "leader-change",
    "The leader moves while records are sent",
    `Three brokers. The topic has 1 partition, replication factor 3, min.insync.replicas=2. A producer (idempotent if
     the client can) sends value-0 … value-99; ask for move-leader of the topic; then 100…199, move-leader; 200…299,
     move-leader; 300…399. Each move is asked for while records of the next hundred are being sent, or before them. All
     are acknowledged; a consumer of a group that ran all the time (committing) has read each of the 400 at least once;
     a new reader finds value-0 … value-399 in order (exactly once each if idempotent).`,
    { deeds: ["move-leader"], brokers: 3, limitS: 240 },
  ),
  scenario(
    "old-protocol",
    "The client speaks as it did years ago",
    `The client is set to the API versions of Kafka 0.11 (or the oldest between that and 2.3 that it can be set to); a
     client that is itself older than 2.5 needs no setting. Send value-0 … value-99, read them, commit 50 for the group;
     a new consumer of the group reads value-50 first.`,
  ),
];
