/** Asks the brokers of a running cluster, as an administrator's client: any of them, or one by its id. */
import { PeerConnection } from "../../../cluster/peers/peer-connection.js";
import type { Address, Environment } from "../../../lib/environment.js";
import { hostAndPort } from "../../../lib/host-and-port.js";
import { errorName, errors } from "../../../protocol/errors.js";
import { FrameMemory } from "../../../protocol/frames/frame-memory.js";
import type { Api, RequestToSend, ResponseReceived } from "../../../protocol/schema/message.js";

/** The command cannot go on. The message is a sentence for the person who gave it. */
export class CommandFailure extends Error {}

/** A broker said no. */
export class Refusal extends CommandFailure {
  readonly errorCode: number;

  constructor(sentence: string, errorCode: number) {
    super(sentence);
    this.errorCode = errorCode;
  }
}

const REQUEST_TIMEOUT_MS = 15_000;
/** The metadata of all partitions of a large cluster come in one answer. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const SCRATCH_BYTES = 64 * 1024;

export class Admin {
  readonly #environment: Pick<Environment, "network" | "wire">;
  readonly #bootstrap: readonly Address[];
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  readonly #memory = new FrameMemory(ANSWER_BYTES_MAX);
  readonly #connections = new Map<string, PeerConnection>();
  /** Where the brokers are, as the cluster says. */
  #brokers: ReadonlyMap<number, Address> = new Map();

  constructor(environment: Pick<Environment, "network" | "wire">, bootstrap: readonly Address[]) {
    this.#environment = environment;
    this.#bootstrap = bootstrap;
  }

  /** The cluster has told where its brokers are. */
  found(brokers: ReadonlyMap<number, Address>): void {
    this.#brokers = brokers;
  }

  /** Asks brokers one after the other until one answers. Ask only what may be asked twice. */
  async ask<A extends Api>(api: A, request: RequestToSend<A>): Promise<ResponseReceived<A>> {
    const addresses = [...this.#bootstrap, ...this.#brokers.values()];
    // Those with a connection first: it was of use before.
    addresses.sort((one, other) => Number(this.#hasConnection(other)) - Number(this.#hasConnection(one)));
    for (const address of addresses) {
      const response = await this.#askAt(address, api, request);
      if (response !== null) return response;
    }
    const places = this.#bootstrap.map(hostAndPort).join(", ");
    throw new CommandFailure(`No broker answers at ${places}: start one, or name others with --bootstrap.`);
  }

  /** Null: this broker does not answer. */
  async askBroker<A extends Api>(id: number, api: A, request: RequestToSend<A>): Promise<ResponseReceived<A> | null> {
    const address = this.#brokers.get(id);
    return address === undefined ? null : this.#askAt(address, api, request);
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close("the command has ended");
  }

  async #askAt<A extends Api>(
    address: Address,
    api: A,
    request: RequestToSend<A>,
  ): Promise<ResponseReceived<A> | null> {
    const deadlineMs = this.#environment.wire.monotonicMs() + REQUEST_TIMEOUT_MS;
    const outcome = await this.#connectionTo(address).request(api, request, deadlineMs);
    if (!("errorCode" in outcome)) return outcome.response;
    if (outcome.errorCode === errors.UNSUPPORTED_VERSION.code) {
      throw new CommandFailure(`The broker at ${hostAndPort(address)} does not know the request ${api.name}.`);
    }
    return null;
  }

  #hasConnection(address: Address): boolean {
    return this.#connections.get(hostAndPort(address))?.isClosed === false;
  }

  #connectionTo(to: Address): PeerConnection {
    const key = hostAndPort(to);
    const known = this.#connections.get(key);
    if (known !== undefined && !known.isClosed) return known;
    const connection = new PeerConnection({
      ...{ environment: this.#environment, to, scratch: this.#scratch, memory: this.#memory },
      clientId: "samsa-cluster",
      answerBytesMax: ANSWER_BYTES_MAX,
      onClosed: () => {},
    });
    this.#connections.set(key, connection);
    return connection;
  }
}

/** Says what was refused, and why. */
export function refusal(what: string, errorCode: number, errorMessage?: string | null): Refusal {
  const why = errorMessage === undefined || errorMessage === null || errorMessage === "" ? "" : `: ${errorMessage}`;
  return new Refusal(`${what} was refused with ${errorName(errorCode)}${why}`, errorCode);
}
