import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settled } from "../../tests/support/manual-environment.js";
import { MemoryShardLog } from "../../tests/support/memory-shard-log.js";
import { emptyImage } from "../metadata/image/empty.js";
import { errors } from "../protocol/errors.js";
import { buildEndTxnMarker } from "../protocol/records/control.js";
import { balances, endTransaction, now, start, started } from "./ledger-runner.test-support.js";

test("what is answered at once needs no promise; what waits for the log is promised", async () => {
  const { runner } = await started();
  expect(runner.ask("hello", null)).toEqual({ reply: "hello" });
  const deposit = runner.ask("deposit", { account: "a", amount: 3 });
  expect(deposit).toBeInstanceOf(Promise);
  expect(await deposit).toHaveProperty("reply");
});

describe("loading", () => {
  test("calls that come before the log is loaded are sent away, then `loaded` is the first input", async () => {
    const running = start();
    expect(await running.runner.call("hello", null)).toEqual({ errorCode: errors.COORDINATOR_LOAD_IN_PROGRESS.code });
    await settled();
    expect(running.runner.state?.seen).toEqual(["loaded"]);
    expect(await running.runner.call("hello", null)).toEqual({ reply: "hello" });
  });

  test("a runner finds what the last one wrote", async () => {
    const first = await started();
    await first.runner.call("deposit", { account: "a", amount: 3 });
    await first.runner.call("deposit", { account: "a", amount: 4 });
    const second = await started(new MemoryShardLog(2, first.log.batches));
    expect(balances(second)).toEqual(balances(first));
    expect(await second.runner.call("balance", "a")).toEqual({ reply: 7 });
  });

  test("what is appended while the log is read is loaded as well", async () => {
    const first = await started();
    await first.runner.call("deposit", { account: "a", amount: 1, producer: { id: 9, epoch: 0 } });
    const log = new MemoryShardLog(2, first.log.batches);
    const marker = buildEndTxnMarker({ commit: true, coordinatorEpoch: 0 }, { id: 9, epoch: 0 }, 1);
    log.whileReading = () => {
      log.whileReading = () => {};
      log.add(marker);
    };
    expect(balances(await started(log))).toEqual([["a", { amount: 1, lastOffset: 1 }]]);
  });

  test("a log that makes no sense ends the runner instead of serving half a state", async () => {
    const log = new MemoryShardLog();
    log.batches.push(Buffer.alloc(100));
    log.endOffset = 1;
    const running = await started(log);
    expect(running.over).toEqual([errors.UNKNOWN_SERVER_ERROR.code]);
    expect(running.bugs).toHaveLength(1);
    expect(await running.runner.call("hello", null)).toEqual({ errorCode: errors.NOT_COORDINATOR.code });
  });
});

describe("answers", () => {
  test("an answer waits until its records are committed; one that depends on nothing does not", async () => {
    const running = await started();
    running.log.commitsAtOnce = false;
    const deposit = running.runner.call("deposit", { account: "a", amount: 3 });
    expect(await now(deposit)).toBe("waiting");
    expect(await now(running.runner.call("hello", null))).toEqual({ reply: "hello" });
    running.log.commit();
    expect(await now(deposit)).toEqual({ reply: 3 });
  });

  test("a read waits for what it has read, not for what came later", async () => {
    const running = await started();
    running.log.commitsAtOnce = false;
    const first = running.runner.call("deposit", { account: "a", amount: 3 });
    const second = running.runner.call("deposit", { account: "b", amount: 5 });
    const read = running.runner.call("balance", "a");
    await settled();
    running.log.commit(1);
    expect([await now(first), await now(second), await now(read)]).toEqual([{ reply: 3 }, "waiting", { reply: 3 }]);
    running.log.commit(2);
    expect(await now(second)).toEqual({ reply: 5 });
  });

  test("an answer that is not committed in time becomes an error; the records stay", async () => {
    const running = await started();
    running.log.commitsAtOnce = false;
    const deposit = running.runner.call("deposit", { account: "a", amount: 3 });
    await settled();
    running.wire.advance(4999);
    expect(await now(deposit)).toBe("waiting");
    running.wire.advance(1);
    expect(await now(deposit)).toEqual({ errorCode: errors.REQUEST_TIMED_OUT.code });
    running.log.commit();
    expect(await running.runner.call("balance", "a")).toEqual({ reply: 3 });
    expect(running.wire.timers).toBe(0);
  });

  test("a parked caller is answered by somebody else's deposit, once that is committed", async () => {
    const running = await started();
    const parked = running.runner.call("waitFor", { account: "a", atLeast: 5, timeoutMs: 1000 });
    await running.runner.call("deposit", { account: "a", amount: 4 });
    running.log.commitsAtOnce = false;
    void running.runner.call("deposit", { account: "a", amount: 1 });
    expect(await now(parked)).toBe("waiting");
    running.log.commit();
    expect(await now(parked)).toEqual({ reply: 5 });
    expect(running.clock.timers).toBe(0);
  });

  test("a parked caller is answered at the deadline of the machine, by the clock of the domain", async () => {
    const running = await started();
    const parked = running.runner.call("waitFor", { account: "a", atLeast: 5, timeoutMs: 1000 });
    running.wire.advance(2000);
    expect(await now(parked)).toBe("waiting");
    running.clock.advance(1000);
    expect(await now(parked)).toEqual({ reply: 0 });
  });
});

describe("callers that leave", () => {
  test("a connection that closes lets go of what it parked", async () => {
    const running = await started();
    let close = () => {};
    const onGone = (run: () => void) => {
      close = run;
    };
    const parked = running.runner.call(
      "waitFor",
      { account: "a", atLeast: 5, timeoutMs: 1000 },
      { caller: { onGone } },
    );
    await settled();
    expect(running.runner.state?.waiting.size).toBe(1);
    close();
    expect(await now(parked)).toEqual({ errorCode: errors.NETWORK_EXCEPTION.code });
    expect(running.runner.state?.waiting.size).toBe(0);
  });

  test("a connection that is closed already parks nothing", async () => {
    const running = await started();
    const request = { account: "a", atLeast: 5, timeoutMs: 1000 };
    const parked = running.runner.call("waitFor", request, { caller: { onGone: (run) => run() } });
    expect(await parked).toEqual({ errorCode: errors.NETWORK_EXCEPTION.code });
    expect(running.runner.state?.waiting.size).toBe(0);
  });

  test("a caller that has waited long enough by its own clock gets an error, and the machine lets go", async () => {
    const running = await started();
    const request = { account: "a", atLeast: 5, timeoutMs: 1000 };
    const parked = running.runner.call("waitFor", request, { timeoutMs: 300 });
    running.wire.advance(300);
    expect(await now(parked)).toEqual({ errorCode: errors.REQUEST_TIMED_OUT.code });
    expect(running.runner.state?.waiting.size).toBe(0);
  });

  test("when too many wait, the next one is sent away", async () => {
    const running = await started(undefined, { ticketsMax: 2 });
    const request = { account: "a", atLeast: 5, timeoutMs: 1000 };
    void running.runner.call("waitFor", request);
    void running.runner.call("waitFor", request);
    expect(await now(running.runner.call("hello", null))).toEqual({ errorCode: errors.COORDINATOR_NOT_AVAILABLE.code });
  });
});

describe("refusals", () => {
  test("what the log refuses is not replayed: the caller gets the error and the machine hears of it", async () => {
    const running = await started();
    running.log.refusing = errors.NOT_ENOUGH_REPLICAS.code;
    const parked = running.runner.call("waitFor", { account: "a", atLeast: 3, timeoutMs: 1000 });
    const deposit = running.runner.call("deposit", { account: "a", amount: 3 });
    const refused = { errorCode: errors.NOT_ENOUGH_REPLICAS.code };
    expect([await now(deposit), await now(parked)]).toEqual([refused, refused]);
    expect(balances(running)).toEqual([]);
    expect(running.runner.state?.seen).toEqual(["loaded", "refused 19 of call"]);
  });

  test("a log that takes nothing refuses each deposit of the turn; what writes nothing is answered", async () => {
    const running = await started();
    running.log.refusing = errors.NOT_ENOUGH_REPLICAS.code;
    const deposits = [1, 2].map((amount) => running.runner.call("deposit", { account: "a", amount }));
    const hello = running.runner.call("hello", null);
    const refused = { errorCode: errors.NOT_ENOUGH_REPLICAS.code };
    expect([...(await Promise.all(deposits)), await hello]).toEqual([refused, refused, { reply: "hello" }]);
    expect(running.log.batches).toEqual([]);
  });

  test("the transaction of one producer is refused alone", async () => {
    const running = await started();
    const deposit = running.runner.call("deposit", { account: "a", amount: 1 });
    await settled();
    running.log.failing = errors.INVALID_PRODUCER_EPOCH.code;
    const fenced = running.runner.call("deposit", { account: "a", amount: 1, producer: { id: 7, epoch: 0 } });
    expect(await fenced).toEqual({ errorCode: errors.INVALID_PRODUCER_EPOCH.code });
    expect(await deposit).toEqual({ reply: 1 });
    expect(running.over).toEqual([]);
  });

  test("a batch that is too large is refused before the log sees it", async () => {
    const running = await started();
    running.log.batchBytesMax = 10_000;
    const deposit = running.runner.call("deposit", { account: "a".repeat(10_000), amount: 3 });
    expect(await now(deposit)).toEqual({ errorCode: errors.MESSAGE_TOO_LARGE.code });
    expect(running.log.batches).toEqual([]);
  });
});

describe("errands", () => {
  test("an errand starts after the commit and comes back as an input", async () => {
    const running = await started();
    running.log.commitsAtOnce = false;
    const deposit = running.runner.call("depositAndAudit", { account: "a", amount: 3 });
    await settled();
    expect(running.errands).toEqual([]);
    running.log.commit();
    expect(await deposit).toEqual({ reply: 3 });
    running.errands[0]?.done({ audited: "a" });
    await settled();
    expect(running.runner.state?.seen).toEqual(["loaded", "audited a"]);
  });

  test("an errand that comes back after the log was lost changes nothing", async () => {
    const running = await started();
    await running.runner.call("depositAndAudit", { account: "a", amount: 3 });
    running.log.lose();
    running.errands[0]?.done({ audited: "a" });
    await settled();
    expect(running.log.batches).toHaveLength(1);
  });
});

describe("metadata", () => {
  test("the machine hears of new metadata, but not before it has loaded", async () => {
    const running = start();
    running.runner.metadataChanged(emptyImage, emptyImage);
    await settled();
    running.runner.metadataChanged(emptyImage, emptyImage);
    await settled();
    expect(running.runner.state?.seen).toEqual(["loaded", "metadata"]);
  });
});

describe("the end", () => {
  test("losing the log answers everybody and forgets the state", async () => {
    const running = await started();
    running.log.commitsAtOnce = false;
    const held = running.runner.call("deposit", { account: "a", amount: 3 });
    const parked = running.runner.call("waitFor", { account: "b", atLeast: 5, timeoutMs: 1000 });
    running.log.lose();
    const notCoordinator = { errorCode: errors.NOT_COORDINATOR.code };
    expect([await now(held), await now(parked)]).toEqual([notCoordinator, notCoordinator]);
    expect(await running.runner.call("hello", null)).toEqual(notCoordinator);
    expect(running.runner.state).toBeNull();
    expect(running.over).toEqual([errors.NOT_LEADER_OR_FOLLOWER.code]);
    expect(running.clock.timers + running.wire.timers).toBe(0);
  });

  test("a call that the machine cannot digest fails alone", async () => {
    const running = await started();
    expect(await running.runner.call("crash", "decide")).toEqual({ errorCode: errors.UNKNOWN_SERVER_ERROR.code });
    expect(running.bugs).toHaveLength(1);
    expect(await running.runner.call("hello", null)).toEqual({ reply: "hello" });
  });

  test("a call whose records cannot be written fails alone, beside others of the same turn", async () => {
    const running = await started();
    const deposit = (account: string) => running.runner.call("deposit", { account, amount: 3 });
    const answers = await Promise.all([deposit("a"), deposit("b".repeat(40_000)), deposit("c")]);
    expect(answers).toEqual([{ reply: 3 }, { errorCode: errors.UNKNOWN_SERVER_ERROR.code }, { reply: 3 }]);
    expect([running.bugs.length, running.over]).toEqual([1, []]);
    expect(balances(await started(new MemoryShardLog(2, running.log.batches)))).toEqual(balances(running));
  });

  test("a state that is half changed is not served any more, and nothing of it hangs on the log", async () => {
    const running = await started();
    expect(await running.runner.call("crash", "touch")).toEqual({ errorCode: errors.NOT_COORDINATOR.code });
    expect(running.over).toEqual([errors.UNKNOWN_SERVER_ERROR.code]);
    expect(running.log.isClosed).toBe(true);
  });

  test("closing ends it quietly", async () => {
    const running = await started();
    const parked = running.runner.call("waitFor", { account: "b", atLeast: 5, timeoutMs: 1000 });
    running.runner.close();
    expect(await parked).toEqual({ errorCode: errors.NOT_COORDINATOR.code });
    expect(running.over).toEqual([]);
    expect(running.clock.timers).toBe(0);
  });
});

describe("replay", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("deposit" as const), account: fc.constantFrom("a", "b"), amount: fc.nat(9) }),
    fc.record({ kind: fc.constant("in transaction" as const), account: fc.constantFrom("a", "b"), amount: fc.nat(9) }),
    fc.record({ kind: fc.constant("marker" as const), commit: fc.boolean() }),
    fc.record({ kind: fc.constant("refused" as const), account: fc.constantFrom("a", "b"), amount: fc.nat(9) }),
    fc.record({ kind: fc.constant("time" as const), ms: fc.nat(6000) }),
    fc.record({ kind: fc.constant("commit" as const) }),
  );

  test("replaying the log rebuilds what the log says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const live = await started();
        live.log.commitsAtOnce = false;
        const producer = { id: 7, epoch: 1 };
        for (const each of steps) {
          if (each.kind === "deposit") void live.runner.call("deposit", each);
          else if (each.kind === "in transaction") void live.runner.call("deposit", { ...each, producer });
          else if (each.kind === "time") live.wire.advance(each.ms);
          else if (each.kind === "commit") live.log.commit();
          else if (each.kind === "marker") endTransaction(live, producer, each.commit);
          else {
            live.log.refusing = errors.NOT_ENOUGH_REPLICAS.code;
            void live.runner.call("deposit", each);
            await settled();
            live.log.refusing = null;
          }
        }
        await settled();
        const reloaded = await started(new MemoryShardLog(2, live.log.batches));
        expect(reloaded.runner.state?.balances).toEqual(live.runner.state?.balances);
        expect(reloaded.runner.state?.pending).toEqual(live.runner.state?.pending);
        expect(live.bugs).toEqual([]);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
