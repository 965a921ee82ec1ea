import type { Broker } from "../broker/broker.js";
import type { Address } from "../lib/environment.js";
import type { MetadataImage } from "../metadata/image/image.js";
import type { RequestHeader } from "../protocol/frames/header.js";
import type { Operation, ResourceType } from "../security/authorizer.js";
import type { Connection, Exchange } from "./connection.js";
import type { ConnectionFacts, RequestContext } from "./context.js";

/** The context of a request that came over its caller's own connection. */
export class ClientContext implements RequestContext {
  readonly connection: ConnectionFacts;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly isForwarded = false;
  readonly arrivedMs: number;
  readonly image: MetadataImage;
  readonly #broker: Broker;
  readonly #exchange: Exchange;
  readonly #owner: Connection;

  constructor(broker: Broker, exchange: Exchange, owner: Connection, header: RequestHeader) {
    this.connection = owner.facts;
    this.apiVersion = header.apiVersion;
    this.correlationId = header.correlationId;
    this.clientId = header.clientId;
    this.arrivedMs = exchange.arrivedMs;
    this.image = broker.image;
    this.#broker = broker;
    this.#exchange = exchange;
    this.#owner = owner;
  }

  authorize(operation: Operation, type: ResourceType, name: string): boolean {
    return this.#broker.authorizer(this.connection.principal, this.connection.remote.host, operation, type, name);
  }

  endpointOf(brokerId: number): Address | null {
    return this.#broker.reach.endpointOf(brokerId, this.connection, this.#broker.image);
  }

  throttle(ms: number): void {
    this.#exchange.throttleMs = Math.max(this.#exchange.throttleMs, ms);
  }

  onGone(run: () => void): void {
    this.#exchange.onGone.push(run);
  }

  onAnswered(run: () => void): void {
    this.#exchange.onAnswered.push(run);
  }

  appended(): void {
    this.#exchange.appended = true;
    this.#owner.settled();
  }
}
