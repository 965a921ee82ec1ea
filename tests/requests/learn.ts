/** What the answer of a broker tells the world: ids, epochs and generations that later requests are to mean. */
import { errors } from "../../src/protocol/errors.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { LeaveGroup } from "../../src/protocol/messages/13-leave-group.js";
import { InitProducerId } from "../../src/protocol/messages/22-init-producer-id.js";
import { EndTxn } from "../../src/protocol/messages/26-end-txn.js";
import { ConsumerGroupHeartbeat } from "../../src/protocol/messages/68-consumer-group-heartbeat.js";
import type { Api, ResponseReceived } from "../../src/protocol/schema/message.js";
import type { Scope } from "./scope.js";
import type { ProducerSlot } from "./world.js";

/** `request` is what was sent, `answer` what a decoder made of the bytes. */
export function learn(scope: Scope, request: unknown, answer: unknown): void {
  lessons.get(scope.api)?.(scope, request, answer);
}

type Lesson = (scope: Scope, request: unknown, answer: unknown) => void;

function lesson<A extends Api>(
  api: A,
  run: (answer: ResponseReceived<A>, scope: Scope, request: unknown) => void,
): [Api, Lesson] {
  return [api, (scope, request, answer) => run(answer as ResponseReceived<A>, scope, request)];
}

const lessons: ReadonlyMap<Api, Lesson> = new Map([
  lesson(Produce, ({ responses }, { produced, producer }) => {
    const isTaken = responses.some((topic) => topic.partitionResponses.some(({ errorCode }) => errorCode === 0));
    if (isTaken) for (const { topic, partition, records } of produced) producer.advance(topic, partition, records);
  }),
  lesson(Fetch, ({ errorCode, sessionId }, { world }) => {
    const isNew = sessionId !== 0 && sessionId !== world.fetchSession.id;
    if (errorCode !== 0 || (sessionId === 0 && world.fetchSession.id === 0)) return;
    world.fetchSession.epoch = isNew || sessionId === 0 ? 1 : world.fetchSession.epoch + 1;
    if (isNew) world.fetchSession.id = sessionId;
  }),
  lesson(JoinGroup, ({ errorCode, memberId, generationId }, { group }) => {
    group.memberId = errorCode === errors.UNKNOWN_MEMBER_ID.code ? "" : memberId;
    if (generationId > 0) group.generation = generationId;
  }),
  lesson(LeaveGroup, ({ errorCode }, { group }) => {
    if (errorCode === 0) group.memberId = "";
  }),
  lesson(InitProducerId, ({ errorCode, producerId, producerEpoch }, scope, request) => {
    if (errorCode === 0) producerNamed(scope, request)?.become(producerId, producerEpoch);
  }),
  lesson(EndTxn, ({ errorCode, producerId, producerEpoch }, scope, request) => {
    if (errorCode === 0 && scope.version >= 5) producerNamed(scope, request)?.become(producerId, producerEpoch);
  }),
  lesson(ConsumerGroupHeartbeat, ({ errorCode, memberId, memberEpoch }, { group }) => {
    if (errorCode !== 0) return;
    if (memberId !== null) group.memberId = memberId;
    group.generation = memberEpoch;
  }),
]);

function producerNamed({ world }: Scope, request: unknown): ProducerSlot | undefined {
  const named = typeof request === "object" && request !== null ? Reflect.get(request, "transactionalId") : null;
  return world.producers.find(({ transactionalId }) => transactionalId === (named ?? null));
}
