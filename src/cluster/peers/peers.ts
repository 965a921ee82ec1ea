/** Requests from this broker to the others, as a port: what the rooms of a broker may ask of its peers. */
import type { ErrorCode } from "../../protocol/errors.js";
import type { Api, RequestToSend, ResponseReceived } from "../../protocol/schema/message.js";

/**
 * What became of a request to another broker. An error code is one of this side: NETWORK_EXCEPTION (no connection, or it
 * broke), REQUEST_TIMED_OUT, UNSUPPORTED_VERSION, BROKER_NOT_AVAILABLE (no address is known). With the first two nobody
 * knows whether the request was carried out.
 */
export type PeerOutcome<Response> =
  | {
      readonly response: Response;
      /** Whoever looks at the record bytes of many answers gives each back when it is done with it. */
      readonly release?: () => void;
    }
  | { readonly errorCode: ErrorCode };

/**
 * Requests of one lane to one broker go over one connection, in order, and the far broker answers them one by one: so what
 * may take long has a lane of its own. "liveness": registration and heartbeats. "control": other calls of brokers to the
 * controller. "forwarding": calls to the controller that clients wait for. "replication": Fetch requests that the leader
 * may park. "markers": the ends of transactions, which wait to be replicated. "verification": their beginnings.
 */
export type Lane = "liveness" | "control" | "forwarding" | "replication" | "markers" | "verification";

/** As Kafka's `request.timeout.ms`, for requests that set no other time. */
export const REQUEST_TIMEOUT_MS = 30_000;

export interface PeerCallOptions {
  /** On the wire clock, from the call on: connecting counts. */
  readonly timeoutMs: number;
}

export interface Peers {
  /**
   * Sends one request, in the newest version that both brokers know. Never rejects. Record bytes in the answer are
   * views of its frame, which belongs to the caller.
   */
  send<A extends Api>(
    brokerId: number,
    lane: Lane,
    api: A,
    request: RequestToSend<A>,
    options: PeerCallOptions,
  ): Promise<PeerOutcome<ResponseReceived<A>>>;
}
