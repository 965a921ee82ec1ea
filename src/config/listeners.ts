/** Reads the properties that name listeners, as Kafka does, and checks them against each other. */
import type { Address } from "../lib/environment.js";
import type { networkProperties } from "./properties/broker/network.js";
import type { Fields } from "./properties/definition.js";

const SECURITY_PROTOCOLS = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] as const;
type SecurityProtocol = (typeof SECURITY_PROTOCOLS)[number];

interface Listener extends Address {
  /** In capitals. */
  readonly name: string;
  /** Empty: every interface. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly securityProtocol: SecurityProtocol;
}

export interface Listeners {
  /** What the broker opens. Listeners of the controller are not among them. */
  readonly opened: readonly Listener[];
  /** False where nobody said: then a broker in a container binds 0.0.0.0 instead of 127.0.0.1. */
  readonly hostWasChosen: boolean;
  /** By listener name. A listener that is not here is advertised by the address through which a client came in. */
  readonly advertised: ReadonlyMap<string, Address>;
  readonly interBrokerName: string;
}

export type ReadListeners = { readonly listeners: Listeners } | { readonly errors: readonly string[] };

/** What `readListeners` needs besides the values: what was set on purpose. */
export interface WasSet {
  readonly hostOfListeners: boolean;
  readonly securityInterBrokerProtocol: boolean;
}

export function readListeners(network: Fields<typeof networkProperties>, wasSet: WasSet): ReadListeners {
  const protocols = parseProtocolMap(network.listenerSecurityProtocolMap);
  if ("errors" in protocols) return protocols;
  const controllers = new Set(network.controllerListenerNames.map((name) => name.toUpperCase()));
  const opened = parseListeners("listeners", network.listeners, protocols.map, controllers);
  if ("errors" in opened) return opened;
  const advertised = parseListeners(
    "advertised.listeners",
    network.advertisedListeners ?? [],
    protocols.map,
    controllers,
  );
  if ("errors" in advertised) return advertised;
  const interBroker = interBrokerListener(network, wasSet, opened.listeners, protocols.map);
  const errors = [
    ...distinctNamesAndPorts(network.listeners, opened.listeners),
    ...advertisable(opened.listeners, advertised.listeners),
    ...withoutSecurity(opened.listeners),
    ...("error" in interBroker ? [interBroker.error] : []),
  ];
  if (errors.length > 0 || "error" in interBroker) return { errors };
  return {
    listeners: {
      opened: opened.listeners,
      hostWasChosen: wasSet.hostOfListeners,
      // No host says as little as no entry: Apache Kafka would look up the machine's own name.
      advertised: new Map(
        advertised.listeners.filter(({ host }) => host !== "").map(({ name, host, port }) => [name, { host, port }]),
      ),
      interBrokerName: interBroker.name,
    },
  };
}

/**
 * Where other nodes must find this one: a listener on every interface tells them no address. As in Apache Kafka, one without
 * any host is told by the machine's own name.
 */
export function listenersWithoutAddress({ opened, advertised }: Listeners): string[] {
  return opened.flatMap(({ name, host }) => {
    if ((host !== "0.0.0.0" && host !== "::") || advertised.has(name)) return [];
    return [
      `listeners: ${name} is on every interface (${host}); tell other nodes its address with advertised.listeners`,
    ];
  });
}

type ProtocolMap = ReadonlyMap<string, SecurityProtocol>;

function parseProtocolMap(text: string): { readonly map: ProtocolMap } | { readonly errors: readonly string[] } {
  const map = new Map<string, SecurityProtocol>();
  for (const entry of text.split(",").filter((item) => item.trim() !== "")) {
    const [name = "", written = ""] = entry.split(":").map((part) => part.trim());
    const protocol = SECURITY_PROTOCOLS.find((known) => known === written.toUpperCase());
    if (written === "") {
      return { errors: [`listener.security.protocol.map: ${entry.trim()} must have the form NAME:PROTOCOL`] };
    }
    if (protocol === undefined) {
      return { errors: [`Invalid security protocol \`${written}\` defined in listener.security.protocol.map`] };
    }
    map.set(name.toUpperCase(), protocol);
  }
  return { map };
}

function parseListeners(
  property: string,
  entries: readonly string[],
  protocols: ProtocolMap,
  controllers: ReadonlySet<string>,
): { readonly listeners: readonly Listener[] } | { readonly errors: readonly string[] } {
  const listeners: Listener[] = [];
  for (const entry of entries) {
    const end = parseEndpoint(entry);
    if (end === null)
      return { errors: [`${property}: unable to read ${entry} as NAME://host:port${portRemark(entry)}`] };
    if (controllers.has(end.name)) continue;
    const securityProtocol = protocols.get(end.name);
    if (securityProtocol === undefined) {
      return {
        errors: [
          `${property}: no security protocol is defined for listener ${end.name}; ` +
            `add ${end.name}:PLAINTEXT to listener.security.protocol.map`,
        ],
      };
    }
    listeners.push({ ...end, securityProtocol });
  }
  return { listeners };
}

export const PORT_MAX = 65_535;

/** What is most often wrong with an entry that looks right. */
function portRemark(entry: string): string {
  return /:[0-9]{5,}$/.test(entry) ? `: a port is at most ${PORT_MAX}` : "";
}

/** `NAME://host:port`, the host in brackets if it is an IPv6 address. */
function parseEndpoint(entry: string): { name: string; host: string; port: number } | null {
  const match = /^([^:/]{1,255}):\/\/(?:\[([0-9a-fA-F:.%\w]{1,255})\]|([0-9a-zA-Z\-%._]{0,255})):([0-9]{1,5})$/.exec(
    entry,
  );
  const [, name = "", bracketed, plain = "", digits = ""] = match ?? [];
  const port = Number(digits);
  if (match === null || port > PORT_MAX) return null;
  return { name: name.toUpperCase(), host: bracketed ?? plain, port };
}

function distinctNamesAndPorts(written: readonly string[], opened: readonly Listener[]): string[] {
  const all = written.join(",");
  if (opened.length === 0) {
    return [`listeners: ${all} holds only listeners of the controller; add one for clients, as PLAINTEXT://:9092`];
  }
  if (new Set(opened.map(({ name }) => name)).size < opened.length) {
    return [`listeners: each listener must have a different name: ${all}`];
  }
  const fixed = opened.filter(({ port }) => port !== 0);
  const clash = fixed.find((one, at) => fixed.slice(at + 1).some((other) => clashes(one, other)));
  return clash === undefined ? [] : [`listeners: each listener must have a different port (${clash.port}): ${all}`];
}

/** One port may be used twice if one listener is on IPv4 and the other on IPv6 (KIP-797). */
export function clashes(one: Address, other: Address): boolean {
  if (one.port !== other.port) return false;
  const onePort = (a: Address, b: Address) => isIpv4(a.host) && b.host.includes(":");
  return !onePort(one, other) && !onePort(other, one);
}

function isIpv4(host: string): boolean {
  return /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(host);
}

function advertisable(opened: readonly Listener[], advertised: readonly Listener[]): string[] {
  const names = new Set(opened.map(({ name }) => name));
  const stranger = advertised.find(({ name }) => !names.has(name));
  if (stranger !== undefined) {
    return [`advertised.listeners: ${stranger.name} is not one of the listeners ${[...names].join(", ")}`];
  }
  if (advertised.some(({ host }) => host === "0.0.0.0" || host === "::")) {
    return ["advertised.listeners cannot use the nonroutable address 0.0.0.0: use one that clients can reach"];
  }
  if (advertised.some(({ port }) => port === 0)) return ["advertised.listeners: port 0 cannot be advertised"];
  return [];
}

function withoutSecurity(opened: readonly Listener[]): string[] {
  const secured = opened.find(({ securityProtocol }) => securityProtocol !== "PLAINTEXT");
  if (secured === undefined) return [];
  const { name, securityProtocol } = secured;
  const of = name === securityProtocol ? "" : ` of ${name}`;
  return [`listeners: the security protocol ${securityProtocol}${of} is not supported yet; use PLAINTEXT`];
}

function interBrokerListener(
  network: Fields<typeof networkProperties>,
  wasSet: WasSet,
  opened: readonly Listener[],
  protocols: ProtocolMap,
): { readonly name: string } | { readonly error: string } {
  const said = network.interBrokerListenerName?.toUpperCase();
  if (said === undefined) {
    // Apache Kafka insists on a listener named like the protocol. One node talks to nobody, so any will do.
    const byProtocol = opened.find(({ name }) => name === network.securityInterBrokerProtocol);
    return { name: (byProtocol ?? opened[0])?.name ?? network.securityInterBrokerProtocol };
  }
  if (wasSet.securityInterBrokerProtocol) {
    return { error: "Only one of inter.broker.listener.name and security.inter.broker.protocol should be set" };
  }
  if (!protocols.has(said)) {
    return { error: `Listener ${said} of inter.broker.listener.name is not in listener.security.protocol.map` };
  }
  if (opened.some(({ name }) => name === said)) return { name: said };
  const names = opened.map(({ name }) => name).join(", ");
  return { error: `inter.broker.listener.name: ${said} is not one of the listeners ${names}` };
}
