/**
 * A scenario: requests that are sent to two brokers alike. It may open several connections, and use values of earlier
 * answers (member ids, topic ids) in later requests. What a scenario does not compare itself, the comparison does:
 * every answer is recorded and compared field by field.
 */
import type { Api, RequestToSend, ResponseReceived } from "../../src/protocol/schema/message.js";

export interface Scenario {
  readonly name: string;
  run(session: Session): Promise<void>;
}

/** One run of a scenario against one broker. */
export interface Session {
  /** A new connection; `clientId` shows up in member ids. */
  connect(clientId?: string): Promise<Connection>;
  /** Makes a topic and waits until it can be written and read. Not recorded. Gives its id. */
  topic(name: string, partitions?: number, configs?: Readonly<Record<string, string>>): Promise<string>;
  /** Waits until the group's coordinator can be asked. Not recorded. */
  coordinator(groupId: string): Promise<void>;
  /** Waits until the coordinator of a transactional id can be asked. Not recorded. */
  transactionCoordinator(transactionalId: string): Promise<void>;
}

export interface Connection {
  /** Sends a request and records its answer. */
  send<A extends Api>(api: A, version: number, body: RequestToSend<A>): Promise<ResponseReceived<A>>;
  /** Sends the same request until its answer is as wanted, and records only the last answer: for what takes its time. */
  sendUntil<A extends Api>(
    api: A,
    version: number,
    body: RequestToSend<A>,
    wanted: (answer: ResponseReceived<A>) => boolean,
  ): Promise<ResponseReceived<A>>;
  /** Sends a request that has no answer. */
  sendOnly<A extends Api>(api: A, version: number, body: RequestToSend<A>): void;
  /** Sends a frame that no encoder would write, and records the answer, read as that version of that API, or its absence. */
  sendFrame(what: string, frame: Uint8Array, readAs: { readonly api: Api; readonly version: number }): Promise<void>;
  close(): void;
}

export function scenario(name: string, run: (session: Session) => Promise<void>): Scenario {
  return { name, run };
}
