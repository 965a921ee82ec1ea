import { JoinGroup } from "../../../src/protocol/messages/11-join-group.js";
import { brokerConfig } from "../automatic-creation.js";
import { acceptanceCase } from "../case.js";
import { connectToCoordinator, createTopic, expectError, expectThat, joinTo } from "../steps.js";

/** For all but the pause itself, on a busy machine. */
const GRACE_MS = 2_500;
const KAFKAS_DEFAULT_MS = 3_000;

export const redpanda7801 = acceptanceCase({
  id: "redpanda-7801",
  origin: "https://github.com/redpanda-data/redpanda/pull/7801",
  title: "The first member of a group waits for others as long as the broker's configuration says, no longer",
  steps: `
    Ask for the broker's group.initial.rebalance.delay.ms (0 on the suite's own). One member joins an empty group: the
    answer comes after that time, within 2.5 s, though its rebalance timeout is a minute.`,
  run: async (broker) => {
    await createTopic(broker);
    const groupId = broker.name("group");
    const coordinator = await connectToCoordinator(broker, groupId);
    const delayMs = Number((await brokerConfig(broker, "group.initial.rebalance.delay.ms")) ?? KAFKAS_DEFAULT_MS);
    const timeouts = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 60_000 };
    const first = await coordinator.request(JoinGroup, 5, joinTo(groupId, timeouts));
    expectError("JoinGroup without a member id", first.errorCode, "MEMBER_ID_REQUIRED");
    const startedMs = performance.now();
    const { memberId } = first;
    const joined = await coordinator.request(JoinGroup, 5, joinTo(groupId, { ...timeouts, memberId }));
    const tookMs = Math.round(performance.now() - startedMs);
    expectError("JoinGroup", joined.errorCode, "NONE");
    expectThat(tookMs >= delayMs - 100, `it took ${tookMs} ms, less than ${delayMs} ms`);
    expectThat(tookMs <= delayMs + GRACE_MS, `it took ${tookMs} ms, though the broker waits ${delayMs} ms`);
  },
});
