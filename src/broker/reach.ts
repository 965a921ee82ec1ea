import ipaddr from "ipaddr.js";
import type { Address } from "../lib/environment.js";
import type { MetadataImage } from "../metadata/image/image.js";

/**
 * Where a client can reach a broker: the only place that knows addresses.
 *
 * For this broker, the first of these that applies: `advertised.listeners`; the name that a TLS client asked for; a rule
 * of `samsa.advertised.by.peer`; inside a container, `localhost` for a peer that is the default gateway, since that is
 * how a published port arrives; the name on which `listeners` has it listen, as other brokers tell it; else the address
 * through which the connection came in.
 * Behind a NAT the port that the user published cannot be seen: that takes `advertised.listeners` or a rule.
 */
export interface ReachRules {
  readonly nodeId: number;
  /** By listener name, as configured. */
  readonly advertised: ReadonlyMap<string, Address>;
  /** By listener name, for those that listen on a name and not on an address. */
  readonly hostNames: ReadonlyMap<string, string>;
  readonly byPeer: readonly { readonly cidr: string; readonly host: string; readonly port: number }[];
  /** The default gateway, when the broker runs in a container; else null. */
  readonly containerGateway: string | null;
  /** The port of a listener of a broker that lives in this process, else null. */
  readonly portOf: (brokerId: number, listener: string) => number | null;
}

/** What is known of the connection that asks. */
export interface Asker {
  readonly listener: string;
  readonly local: Address;
  readonly remote: Address;
  readonly serverName: string | null;
}

export class Reach {
  readonly #rules: ReachRules;
  readonly #byPeer: readonly { readonly matches: (peer: string) => boolean; readonly address: Address }[];

  constructor(rules: ReachRules) {
    this.#rules = rules;
    this.#byPeer = rules.byPeer.map(({ cidr, host, port }) => ({
      matches: cidrMatcher(cidr),
      address: { host, port },
    }));
  }

  /** An address of that broker for this caller; null when the broker is unknown, fenced or has no such listener. */
  endpointOf(brokerId: number, asker: Asker, image: MetadataImage): Address | null {
    const broker = image.brokers.get(brokerId);
    if (broker === undefined || broker.fenced) return null;
    if (brokerId === this.#rules.nodeId) return this.#ownAddress(asker);
    // Whoever advertises an address has registered it; all brokers of a process do, or none.
    const isAdvertised = this.#rules.advertised.has(asker.listener);
    const port = isAdvertised ? null : this.#rules.portOf(brokerId, asker.listener);
    if (port !== null) return { host: this.#ownAddress(asker).host, port };
    const registered = broker.endpoints.find((endpoint) => endpoint.name === asker.listener);
    return registered === undefined ? null : { host: registered.host, port: registered.port };
  }

  #ownAddress(asker: Asker): Address {
    const advertised = this.#rules.advertised.get(asker.listener);
    if (advertised !== undefined) return advertised;
    const local = { host: withoutMapping(asker.local.host), port: asker.local.port };
    if (asker.serverName !== null) return { host: asker.serverName, port: local.port };
    const peer = withoutMapping(asker.remote.host);
    const rule = this.#byPeer.find(({ matches }) => matches(peer));
    if (rule !== undefined) return rule.address;
    if (peer === this.#rules.containerGateway) return { host: "localhost", port: local.port };
    const hostName = this.#rules.hostNames.get(asker.listener);
    return hostName === undefined ? local : { host: hostName, port: local.port };
  }
}

/** Of such listeners by listener name. `localhost` says less than the address that a client came to: it may mean ::1 to it. */
export function hostNamesOf(
  listeners: readonly { readonly name: string; readonly host: string }[],
): ReadonlyMap<string, string> {
  const isName = (host: string) => host !== "" && host !== "localhost" && !ipaddr.isValid(host);
  return new Map(listeners.filter(({ host }) => isName(host)).map(({ name, host }) => [name, host]));
}

/** `::ffff:10.0.0.1`, an IPv4 peer of an IPv6 socket, is `10.0.0.1` to everybody else. */
export function withoutMapping(host: string): string {
  return host.startsWith("::ffff:") && host.includes(".") ? host.slice("::ffff:".length) : host;
}

function cidrMatcher(cidr: string): (peer: string) => boolean {
  const ranges = { inside: [ipaddr.parseCIDR(cidr)] };
  return (peer) => ipaddr.isValid(peer) && ipaddr.subnetMatch(ipaddr.parse(peer), ranges, "outside") === "inside";
}
