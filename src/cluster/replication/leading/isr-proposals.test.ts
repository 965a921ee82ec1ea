import { describe, expect, test } from "vitest";
import { ManualClock, settled } from "../../../../tests/support/manual-environment.js";
import { type ErrorCode, errors } from "../../../protocol/errors.js";
import { type IsrAnswer, type IsrProposal, IsrProposals, type IsrProposalsOptions } from "./isr-proposals.js";

type Sent = Parameters<IsrProposalsOptions["alterPartition"]>[0];
type Reply = Awaited<ReturnType<IsrProposalsOptions["alterPartition"]>>;

const topicId = "AAAAAAAAAAAAAAAAAAAAAQ";

function controller() {
  const wire = new ManualClock();
  const requests: Sent[] = [];
  const open: ((reply: Reply) => void)[] = [];
  const proposals = new IsrProposals({
    ...{ brokerId: 1, brokerEpoch: () => 9, wire },
    alterPartition: (request) => {
      requests.push(request);
      return new Promise((resolve) => open.push(resolve));
    },
  });
  const answers: [number, IsrAnswer][] = [];
  const proposal = (partitionIndex: number, partitionEpoch = 4): IsrProposal => ({
    ...{ topicId, partitionIndex, leaderEpoch: 2, partitionEpoch, newIsr: [{ brokerId: 1, brokerEpoch: 9 }] },
    onAnswer: (answer) => answers.push([partitionIndex, answer]),
  });
  const reply = async (...partitions: readonly [index: number, errorCode: ErrorCode][]) => {
    const of = ([partitionIndex, errorCode]: readonly [number, ErrorCode]) => ({
      ...{ partitionIndex, errorCode, leaderId: 1, leaderEpoch: 2, isr: [1], partitionEpoch: 5 },
    });
    open.shift()?.({ reply: { errorCode: 0, topics: [{ topicId, partitions: partitions.map(of) }] } });
    await settled();
  };
  const fail = async () => {
    open.shift()?.({ errorCode: errors.REQUEST_TIMED_OUT.code });
    await settled();
  };
  const asked = (at: number) => requests[at]?.topics.flatMap(({ partitions }) => partitions);
  const indexes = (at: number) => asked(at)?.map(({ partitionIndex }) => partitionIndex);
  return { wire, requests, proposals, proposal, answers, reply, fail, asked, indexes };
}

const { NONE, INVALID_UPDATE_VERSION, NOT_CONTROLLER } = errors;

describe("proposals for ISRs", () => {
  test("travel together, and those that come meanwhile with the next request", async () => {
    const { requests, proposals, proposal, answers, reply, indexes } = controller();
    for (const index of [0, 1, 2]) proposals.propose(proposal(index));
    await settled();
    proposals.propose(proposal(3));
    await settled();
    expect(requests).toMatchObject([{ brokerId: 1, brokerEpoch: 9 }]);
    expect(indexes(0)).toEqual([0, 1, 2]);
    await reply([0, NONE.code], [1, INVALID_UPDATE_VERSION.code], [2, NONE.code]);
    expect(indexes(1)).toEqual([3]);
    expect(answers.map(([index]) => index)).toEqual([0, 1, 2]);
    expect(answers[0]?.[1]).toEqual({ isr: [1], leaderEpoch: 2, partitionEpoch: 5 });
    expect(answers[1]?.[1]).toEqual({ errorCode: INVALID_UPDATE_VERSION.code });
  });

  test("of very many partitions go one request after the other, so that none holds the controller up", async () => {
    const { requests, proposals, proposal, reply, indexes } = controller();
    for (let index = 0; index < 2_500; index++) proposals.propose(proposal(index));
    await settled();
    for (const at of [0, 1]) {
      expect(requests).toHaveLength(at + 1);
      const sent = indexes(at) ?? [];
      expect(sent).toHaveLength(1_000);
      await reply(...sent.map((index): [number, ErrorCode] => [index, NONE.code]));
    }
    expect(indexes(2)).toHaveLength(500);
  });

  test("are sent again after a request that came to nothing, in their newest form", async () => {
    const { wire, proposals, proposal, answers, reply, fail, asked } = controller();
    proposals.propose(proposal(0));
    proposals.propose(proposal(1));
    await settled();
    proposals.propose(proposal(1, 6));
    await fail();
    expect(asked(1)).toBeUndefined();
    wire.advance(50);
    await settled();
    expect(asked(1)).toMatchObject([
      { partitionIndex: 1, partitionEpoch: 6 },
      { partitionIndex: 0, partitionEpoch: 4 },
    ]);
    await reply([0, NONE.code], [1, NONE.code]);
    expect(answers.length).toBe(2);
  });

  test("wait for a controller that knows as much as their leader", async () => {
    const { wire, proposals, proposal, answers, reply, indexes } = controller();
    proposals.propose(proposal(0));
    await settled();
    await reply([0, NOT_CONTROLLER.code]);
    expect(answers).toEqual([]);
    wire.advance(50);
    await settled();
    expect(indexes(1)).toEqual([0]);
  });

  test("end with the broker", async () => {
    const { wire, requests, proposals, proposal, answers, fail } = controller();
    proposals.propose(proposal(0));
    await settled();
    proposals.close();
    await fail();
    wire.advance(1_000);
    await settled();
    expect([requests.length, answers.length, wire.timers]).toEqual([1, 0, 0]);
  });
});
