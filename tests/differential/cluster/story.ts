/**
 * A story: requests that are sent alike to three brokers of Apache Kafka and to three of Samsa. Brokers come and go for
 * all stories at once: whoever wants to see it waits for the turn.
 */
import type { Api, RequestToSend, ResponseReceived } from "../../../src/protocol/schema/message.js";

export interface Story {
  readonly name: string;
  run(session: ClusterSession): Promise<void>;
}

/** What befalls the brokers, in this order. */
export const turns = ["broker 3 stops", "broker 2 is killed", "both return", "broker 3 stops again"] as const;
export type Turn = (typeof turns)[number];

/** A broker where clients ask it, by its node id; or broker 1 where other brokers ask it, the controller. */
export type Whom = number | "controller";

/** What a partition is to become; what is not named does not matter. */
export interface Wanted {
  readonly leader?: number;
  readonly replicas?: readonly number[];
  /** In any order. */
  readonly isr?: readonly number[];
}

/** One run of a story against one cluster. Brokers 1 to 3 stand in the racks `rack-1` to `rack-3`. */
export interface ClusterSession {
  /** Sends a request, and records its answer. Null: there was none, since the connection was closed; that is recorded too. */
  ask<A extends Api>(whom: Whom, api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A> | null>;
  /** Asks again until the answer is as wanted, and records the last one. */
  askUntil<A extends Api>(
    whom: Whom,
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>>;
  /** The same, and nothing is recorded. */
  silently<A extends Api>(
    whom: Whom,
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>>;
  /**
   * Makes a topic with these replicas of each partition, and waits until all are in sync, known to every broker and
   * served. Not recorded. Gives its id.
   */
  topic(
    name: string,
    replicas: readonly (readonly number[])[],
    configs?: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** Waits until every broker that runs shows the partition so. Not recorded. */
  shows(topic: string, partition: number, wanted: Wanted): Promise<void>;
  /** Waits until this has befallen the brokers, and the others know of it. */
  turn(turn: Turn): Promise<void>;
}

export function story(name: string, run: (session: ClusterSession) => Promise<void>): Story {
  return { name, run };
}
