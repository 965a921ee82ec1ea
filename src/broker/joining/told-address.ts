import type { Listeners } from "../../config/listeners.js";
import type { Address } from "../../lib/environment.js";

export interface OwnAddresses {
  readonly config: { readonly listeners: Pick<Listeners, "advertised"> };
  /** The real address of each open listener, by name. */
  readonly bound: ReadonlyMap<string, Address>;
  /** The host that stands for every interface, where a listener is bound to all and nothing else is advertised. */
  readonly ownHost: string;
}

const everyInterface: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);

/** Where other brokers find a listener of this one: it says so itself, as nobody else can know. */
export function addressToTell({ config, bound, ownHost }: OwnAddresses, listener: string): Address {
  const { advertised } = config.listeners;
  const address = advertised.get(listener) ?? bound.get(listener) ?? [...bound.values()][0];
  const { host, port } = address ?? { host: ownHost, port: 0 };
  return { host: everyInterface.has(host) ? ownHost : host, port };
}
