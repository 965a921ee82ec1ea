/** Requests to the brokers that lead what is followed here, as a port: `cluster/peers` fits it. */
import type { ErrorCode } from "../../../protocol/errors.js";
import type { Api, RequestToSend, ResponseReceived } from "../../../protocol/schema/message.js";

export interface LeaderRequests {
  /**
   * Never rejects. An error code is one of this side: the broker cannot be reached, or does not answer in time. Record
   * bytes in the answer are the caller's, until it releases them.
   */
  send<A extends Api>(
    brokerId: number,
    lane: "replication",
    api: A,
    request: RequestToSend<A>,
    options: { readonly timeoutMs: number },
  ): Promise<
    { readonly response: ResponseReceived<A>; readonly release?: () => void } | { readonly errorCode: ErrorCode }
  >;
}
