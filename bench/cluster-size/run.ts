/**
 * `npm run bench:cluster-size`: three brokers with 20,000 partitions of three replicas each. How long creating them takes and
 * holds the loop, how long until another broker is the controller, how long until all leaders have moved off a broker that
 * was killed, and what the metadata takes in memory.
 */
import { fork } from "node:child_process";
import { inRepository } from "../../tests/support/repository.js";
import { runBench } from "../command/run-bench.js";
import { Asking, until } from "./asking.js";
import { imageBytes } from "./image-bytes.js";
import { type Measured, print, writeReport } from "./report.js";

const PARTITIONS_OF_TOPIC = 2_000;
const [TOPICS, TOPICS_QUICK] = [10, 2];
const ROUNDS = 3;

interface Said {
  readonly bootstrap?: string;
  readonly sessionTimeoutMs?: number;
  readonly heldMs?: number;
  readonly rssBytes?: number;
}

class Brokers {
  readonly #process = fork(inRepository("bench", "cluster-size", "brokers.ts"), { execArgv: ["--import", "tsx"] });

  said(): Promise<Said> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the brokers have ended"));
      this.#process.once("exit", ended);
      this.#process.once("message", (message) => {
        this.#process.off("exit", ended);
        resolve(message as Said);
      });
    });
  }

  tell(what: string): Promise<Said> {
    const answer = this.said();
    this.#process.send(what);
    return answer;
  }

  async stop(): Promise<void> {
    if (!this.#process.connected) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.send("stop");
    await ended;
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

async function measure(topics: number): Promise<Measured> {
  const brokers = new Brokers();
  const { bootstrap = "", sessionTimeoutMs = 0 } = await brokers.said();
  const asking = new Asking(bootstrap);
  try {
    const { rssBytes: before = 0 } = await brokers.tell("look");
    const createMs: number[] = [];
    const createHeldMs: number[] = [];
    for (let n = 0; n < topics; n++) {
      createMs.push(await timed(() => asking.createTopic(`topic-${n}`, PARTITIONS_OF_TOPIC)));
      createHeldMs.push((await brokers.tell("look")).heldMs ?? 0);
      console.log(`${(n + 1) * PARTITIONS_OF_TOPIC} partitions`);
    }
    await asking.untilServed();
    const { rssBytes: after = 0 } = await brokers.tell("look");
    const [failoverMs, moveMs, moveHeldMs]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      failoverMs.push(await killController(brokers, asking));
      console.log(`round ${round + 1}: another controller`);
      const moved = await killFollower(brokers, asking);
      moveMs.push(moved.ms);
      moveHeldMs.push(moved.heldMs);
      console.log(`round ${round + 1}: all served after ${Math.round(moved.ms)} ms`);
    }
    const partitions = topics * PARTITIONS_OF_TOPIC;
    return {
      ...{ partitions, sessionTimeoutMs, createMs, createHeldMs, failoverMs, moveMs, moveHeldMs },
      processBytes: after - before,
      imageBytes: imageBytes(topics, PARTITIONS_OF_TOPIC),
    };
  } finally {
    asking.close();
    await brokers.stop();
  }
}

/** From the kill until another broker knows that it decides; then the old one comes back. */
async function killController(brokers: Brokers, asking: Asking): Promise<number> {
  const old = await asking.controllerId();
  await brokers.tell(`kill ${old}`);
  asking.isGone(old);
  const ms = await timed(() =>
    until(async () => {
      const now = await asking.controllerId();
      return now >= 0 && now !== old;
    }),
  );
  await comeBack(brokers, asking, old);
  return ms;
}

/** From when the controller has given the broker up until every partition is served. */
async function killFollower(brokers: Brokers, asking: Asking): Promise<{ ms: number; heldMs: number }> {
  const controller = await asking.controllerId();
  const victim = [1, 2, 3].find((id) => id !== controller) ?? 1;
  await brokers.tell(`kill ${victim}`);
  asking.isGone(victim);
  await until(() => asking.isFenced(victim));
  const ms = await timed(() => asking.untilServed());
  const { heldMs = 0 } = await brokers.tell("look");
  await comeBack(brokers, asking, victim);
  return { ms, heldMs };
}

async function comeBack(brokers: Brokers, asking: Asking, id: number): Promise<void> {
  await until(() => asking.isFenced(id));
  await brokers.tell(`start ${id}`);
  asking.isBack(id);
  await until(async () => !(await asking.isFenced(id)));
  await asking.untilServed();
  await brokers.tell("look");
}

await runBench(
  {
    usage: `npm run bench:cluster-size [-- --quick] [--report]
  --quick   fewer partitions, to see that it works
  --report  writes docs/generated/cluster-size-bench.md`,
    options: { quick: { type: "boolean", default: false }, report: { type: "boolean", default: false } },
  },
  async ({ values }) => {
    const measured = await measure(values.quick ? TOPICS_QUICK : TOPICS);
    print(measured);
    if (values.report) writeReport(measured, values.quick);
    return 0;
  },
);
