/** Groups of the consumer protocol (KIP-848), and groups that migrate to it and back, with Java clients 4.3.1 as members. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Child } from "../../tests/support/child-process.js";
import { JavaPrograms } from "../../tests/support/java-programs.js";
import { targetForThisFile } from "../../tests/support/target-for-this-file.js";
import { connect, createTopic } from "../kafkajs/connect.js";

const TEST_MS_MAX = 300_000;
const WAIT_MS_MAX = 60_000;

const broker = targetForThisFile({
  properties: {
    "group.consumer.min.session.timeout.ms": "6000",
    "group.consumer.session.timeout.ms": "6000",
    "group.consumer.min.heartbeat.interval.ms": "500",
    "group.consumer.heartbeat.interval.ms": "500",
  },
});
const programs = new JavaPrograms("java-consumer-groups");
afterAll(() => programs.remove());

beforeAll(() => programs.compile("java-4.3.1", "ConsumeAsMember"), 60_000);

type GroupProtocol = "consumer" | "classic" | "classic-cooperative";

class Member {
  readonly #child: Child;

  constructor(
    topic: string,
    groupId: string,
    { protocol = "consumer", instanceId }: { readonly protocol?: GroupProtocol; readonly instanceId?: string } = {},
  ) {
    const instance = instanceId === undefined ? [] : [instanceId];
    const args = [broker().bootstrapServers, topic, groupId, protocol, ...instance];
    this.#child = new Child({
      command: "java",
      args: ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "ConsumeAsMember", ...args],
      env: { CLASSPATH: programs.classPath("java-4.3.1") },
    });
    members.add(this);
  }

  #lines(beginning: string): string[] {
    const lines = this.#child.output.split("\n").filter((line) => line.startsWith(beginning));
    return lines.map((line) => line.slice(beginning.length));
  }

  /** What it was given and did not give back. */
  get partitions(): string[] {
    const owned = new Set<string>();
    for (const line of this.#child.output.split("\n")) {
      const [word, partition = ""] = line.split(" ");
      if (word === "assigned") owned.add(partition);
      else if (word === "revoked" || word === "lost") owned.delete(partition);
    }
    return [...owned].sort();
  }

  get timesAssigned(): number {
    return this.#lines("assigned ").length;
  }

  get values(): string[] {
    return this.#lines("read ");
  }

  async leave(): Promise<void> {
    members.delete(this);
    await this.#child.stop();
  }

  async die(): Promise<void> {
    members.delete(this);
    await this.#child.kill();
  }
}

const members = new Set<Member>();
afterEach(() => Promise.all([...members].map((member) => member.die())));

function partitionsOf(topic: string, count: number): string[] {
  return Array.from({ length: count }, (_, partition) => `${topic}-${partition}`);
}

/** Each partition has one member, and every member as many as any other. */
async function shared(group: readonly Member[], partitions: readonly string[]): Promise<void> {
  await vi.waitFor(
    () => {
      const sizes = group.map((member) => member.partitions.length);
      expect(group.flatMap((member) => member.partitions).sort()).toEqual([...partitions].sort());
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    },
    { timeout: WAIT_MS_MAX, interval: 50 },
  );
}

async function send(topic: string, partitionCount: number, values: readonly string[]): Promise<void> {
  const producer = connect(broker().bootstrapServers).producer();
  await producer.connect();
  const messages = values.map((value, i) => ({ value, partition: i % partitionCount }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** What was read and not committed when the broker went may be read once more. */
async function allRead(group: readonly Member[], values: readonly string[]): Promise<void> {
  const read = () => [...new Set(group.flatMap((member) => member.values))].sort();
  await vi.waitFor(() => expect(read()).toEqual([...values].sort()), { timeout: WAIT_MS_MAX, interval: 50 });
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
}

test(
  "three members share a topic; one dies, one leaves, the broker restarts: nothing is lost",
  async () => {
    const topic = "shared";
    const partitions = partitionsOf(topic, 6);
    await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: 6 });
    const one = new Member(topic, "sharing");
    await shared([one], partitions);
    const two = new Member(topic, "sharing");
    const three = new Member(topic, "sharing");
    const all = [one, two, three];
    await shared(all, partitions);
    const first = numbered("first", 60);
    await send(topic, 6, first);
    await allRead(all, first);

    await three.die();
    await shared([one, two], partitions);
    await broker().stop();
    await broker().start();
    const second = numbered("second", 60);
    await send(topic, 6, second);
    await allRead(all, [...first, ...second]);

    await two.leave();
    await shared([one], partitions);
    const third = numbered("third", 60);
    await send(topic, 6, third);
    await allRead(all, [...first, ...second, ...third]);
  },
  TEST_MS_MAX,
);

test(
  "a topic that grows and topics that come later are shared out to a pattern's members",
  async () => {
    const kafka = connect(broker().bootstrapServers);
    await createTopic(kafka, { topic: "orders-a", numPartitions: 2 });
    const group = [new Member("orders-.*", "patterns"), new Member("orders-.*", "patterns")];
    await shared(group, partitionsOf("orders-a", 2));
    await createTopic(kafka, { topic: "orders-b", numPartitions: 2 });
    await shared(group, [...partitionsOf("orders-a", 2), ...partitionsOf("orders-b", 2)]);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: "orders-a", count: 4 }] });
    await admin.disconnect();
    await shared(group, [...partitionsOf("orders-a", 4), ...partitionsOf("orders-b", 2)]);
  },
  TEST_MS_MAX,
);

test(
  "a static member that restarts takes its partitions again, and the others notice nothing",
  async () => {
    const topic = "static";
    const partitions = partitionsOf(topic, 4);
    await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: 4 });
    const other = new Member(topic, "statics", { instanceId: "other" });
    const before = new Member(topic, "statics", { instanceId: "restarted" });
    await shared([other, before], partitions);
    const had = before.partitions;
    const timesAssigned = other.timesAssigned;
    await before.leave();
    const after = new Member(topic, "statics", { instanceId: "restarted" });
    await shared([other, after], partitions);
    expect(after.partitions).toEqual(had);
    expect(other.timesAssigned).toBe(timesAssigned);
  },
  TEST_MS_MAX,
);

/** Writes until it is told to stop; gives what it has written. */
function writeContinually(topic: string, partitionCount: number): () => Promise<readonly string[]> {
  const written: string[] = [];
  let isEnded = false;
  const writing = (async () => {
    while (!isEnded) {
      const values = numbered(`${written.length}`, partitionCount);
      await send(topic, partitionCount, values);
      written.push(...values);
    }
  })();
  return async () => {
    isEnded = true;
    await writing;
    return written;
  };
}

test.each<GroupProtocol>(["classic", "classic-cooperative"])(
  "members of the %s protocol are replaced one by one by ones of the consumer protocol, and back: all is read once",
  async (protocol) => {
    const topic = `migrating-from-${protocol}`;
    const partitions = partitionsOf(topic, 6);
    await createTopic(connect(broker().bootstrapServers), { topic, numPartitions: 6 });
    const start = (next: GroupProtocol) => new Member(topic, topic, { protocol: next });
    const all = [start(protocol), start(protocol), start(protocol)];
    let group = [...all];
    await shared(group, partitions);
    const stopWriting = writeContinually(topic, 6);
    for (const next of ["consumer", "consumer", "consumer", protocol, protocol, protocol] as const) {
      const [first, ...others] = group;
      await first?.leave();
      const fresh = start(next);
      all.push(fresh);
      group = [...others, fresh];
      await shared(group, partitions);
    }
    const written = await stopWriting();
    await allRead(all, written);
    expect(all.flatMap((member) => member.values)).toHaveLength(written.length);
  },
  TEST_MS_MAX,
);
