/** Who sent a request. */
export interface Principal {
  /** `User`, as everywhere in Kafka's own authorizers. */
  readonly type: string;
  readonly name: string;
}

/** The principal of a connection that proved nothing. */
export const anonymous: Principal = { type: "User", name: "ANONYMOUS" };
