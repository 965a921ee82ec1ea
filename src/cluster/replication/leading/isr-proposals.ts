/**
 * Takes what the leaders of this broker propose for their ISRs to the controller: one AlterPartition at a time for all of
 * them, so that a broker's loss costs a few requests however many partitions it followed (KIP-497).
 */
import type { Outcome } from "../../../coordination/tickets.js";
import type { Cancellable, Clock } from "../../../lib/environment.js";
import { type ErrorCode, errors } from "../../../protocol/errors.js";
import type { AlterPartition } from "../../../protocol/messages/56-alter-partition.js";
import type { RequestOf, ResponseOf } from "../../../protocol/schema/message.js";

type AlterPartitionRequest = RequestOf<typeof AlterPartition>;
type AlterPartitionResponse = ResponseOf<typeof AlterPartition>;
type AnsweredPartition = AlterPartitionResponse["topics"][number]["partitions"][number];

/** Who shall be in sync, on top of the state with this partition epoch. */
export interface IsrProposal {
  readonly topicId: string;
  readonly partitionIndex: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  /** Each with the registration that was seen to be in sync (KIP-903); -1: not known. */
  readonly newIsr: readonly { readonly brokerId: number; readonly brokerEpoch: number }[];
  /** Runs with what became of it; never for one that was replaced by a later one of the same partition. */
  onAnswer(answer: IsrAnswer): void;
}

export type IsrAnswer =
  | { readonly isr: readonly number[]; readonly leaderEpoch: number; readonly partitionEpoch: number }
  | { readonly errorCode: ErrorCode };

export interface IsrProposalsOptions {
  readonly brokerId: number;
  /** The registration of this broker. */
  readonly brokerEpoch: () => number;
  readonly wire: Clock;
  /** The call to the controller, wherever it is. It waits for a controller that changes, but not for ever. */
  readonly alterPartition: (request: AlterPartitionRequest) => Promise<Outcome<AlterPartitionResponse>>;
}

/** In one request, which the controller decides, and every broker takes over, in one turn; the rest comes with the next. */
const PARTITIONS_PER_REQUEST_MAX = 1_000;
/** After a request that came to nothing as a whole. */
const RETRY_MS = 50;

export class IsrProposals {
  readonly #options: IsrProposalsOptions;
  /** By partition: at most one each. They wait for the request that is under way. */
  readonly #waiting = new Map<string, IsrProposal>();
  #isUnderWay = false;
  #retry: Cancellable | null = null;
  #isClosed = false;

  constructor(options: IsrProposalsOptions) {
    this.#options = options;
  }

  propose(proposal: IsrProposal): void {
    this.#waiting.set(keyOf(proposal.topicId, proposal.partitionIndex), proposal);
    void this.#send();
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#waiting.clear();
  }

  async #send(): Promise<void> {
    if (this.#isUnderWay || this.#retry !== null) return;
    this.#isUnderWay = true;
    // Those that come up in one go, such as by one publishing, travel together.
    await Promise.resolve();
    let isDone = true;
    while (isDone && this.#waiting.size > 0 && !this.#isClosed) isDone = await this.#sendSome();
    this.#isUnderWay = false;
    if (!isDone && !this.#isClosed) this.#sendLater();
  }

  #sendLater(): void {
    const { wire } = this.#options;
    this.#retry = wire.at(wire.monotonicMs() + RETRY_MS, () => {
      this.#retry = null;
      void this.#send();
    });
  }

  /** False: the request came to nothing, and what it held waits again, unless something newer took its place. */
  async #sendSome(): Promise<boolean> {
    const sent = new Map<string, IsrProposal>();
    for (const [key, proposal] of this.#waiting) {
      if (sent.size === PARTITIONS_PER_REQUEST_MAX) break;
      sent.set(key, proposal);
      this.#waiting.delete(key);
    }
    const outcome = await this.#options.alterPartition(this.#request(sent));
    if (this.#isClosed) return false;
    const reply = "reply" in outcome && outcome.reply.errorCode === errors.NONE.code ? outcome.reply : null;
    for (const { topicId, partitions } of reply?.topics ?? []) {
      for (const answered of partitions) {
        const key = keyOf(topicId, answered.partitionIndex);
        const proposal = sent.get(key);
        // A controller that knows less than this broker is none any more, or not yet.
        if (answered.errorCode === errors.NOT_CONTROLLER.code) continue;
        sent.delete(key);
        if (!this.#waiting.has(key)) proposal?.onAnswer(answerOf(answered));
      }
    }
    for (const [key, proposal] of sent) if (!this.#waiting.has(key)) this.#waiting.set(key, proposal);
    return reply !== null && sent.size === 0;
  }

  #request(proposals: ReadonlyMap<string, IsrProposal>): AlterPartitionRequest {
    const { brokerId, brokerEpoch } = this.#options;
    const topics = new Map<string, AlterPartitionRequest["topics"][number]["partitions"][number][]>();
    for (const { topicId, partitionIndex, leaderEpoch, partitionEpoch, newIsr } of proposals.values()) {
      const ofTopic = topics.get(topicId) ?? [];
      topics.set(topicId, ofTopic);
      ofTopic.push({
        ...{ partitionIndex, leaderEpoch, partitionEpoch, newIsrWithEpochs: newIsr },
        // Of versions before 3, which no broker of this cluster speaks.
        newIsr: [],
        leaderRecoveryState: RECOVERED,
      });
    }
    return {
      brokerId,
      brokerEpoch: brokerEpoch(),
      topics: [...topics].map(([topicId, partitions]) => ({ topicId, partitions })),
    };
  }
}

/** A leader that was elected uncleanly has nothing to recover but its log, and that is done. */
const RECOVERED = 0;

function keyOf(topicId: string, partitionIndex: number): string {
  return `${partitionIndex} ${topicId}`;
}

function answerOf({ errorCode, isr, leaderEpoch, partitionEpoch }: AnsweredPartition): IsrAnswer {
  if (errorCode === errors.NONE.code) return { isr, leaderEpoch, partitionEpoch };
  return { errorCode: errorCode as ErrorCode };
}
