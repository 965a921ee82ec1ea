import type { Address } from "../lib/environment.js";
import type { MayGo } from "../lib/waiters.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { Operation, ResourceType } from "../security/authorizer.js";
import type { Principal } from "../security/principal.js";

/** All that a handler knows of its caller. One is made for each request; handlers keep no state of their own. */
export interface RequestContext extends MayGo {
  readonly connection: ConnectionFacts;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** It came in an Envelope: another broker has done what is its own part already (KIP-590). */
  readonly isForwarded: boolean;
  /** On the wire clock. */
  readonly arrivedMs: number;
  /** One image for the whole request, however long it is parked. */
  readonly image: MetadataImage;
  authorize(operation: Operation, type: ResourceType, name: string): boolean;
  /** An address of that broker which this caller can reach; null when the broker is unknown or fenced. */
  endpointOf(brokerId: number): Address | null;
  /** Answers carry the largest value given; the connection is muted that long (KIP-219). */
  throttle(ms: number): void;
  /** Runs when the connection closed before the answer: parked work must let go. */
  onGone(run: () => void): void;
  /** Runs once the socket has taken the answer, or will never take it: for buffers that the answer lends. */
  onAnswered(run: () => void): void;
  /**
   * The records of a Produce are in the log, or an OffsetCommit is in the coordinator's row: the next one of the same
   * kind may start before this one is answered.
   */
  appended(): void;
}

export interface ConnectionFacts {
  readonly id: number;
  readonly listener: string;
  readonly principal: Principal;
  readonly local: Address;
  readonly remote: Address;
  /** The name that a TLS client asked for. */
  readonly serverName: string | null;
  /** What the client said of itself in ApiVersions (KIP-511). */
  software: { readonly name: string; readonly version: string } | null;
}
