/** Two hosts of a test's own, joined by one cable: network namespaces of Linux. They need root, and `ip` from iproute2. */
import { execFileSync } from "node:child_process";

export interface TwoHosts {
  readonly broker: { readonly namespace: string; readonly address: string };
  readonly client: { readonly namespace: string; readonly address: string };
  /** Makes the client's host the default gateway of the broker's, as a container's host is. */
  routeThroughClient(): void;
  remove(): void;
}

/** From the addresses that are reserved for documentation: nobody has them. */
const brokerAddress = "192.0.2.2";
const clientAddress = "192.0.2.1";

export function twoHosts(name: string): TwoHosts {
  const hosts = [
    { namespace: `samsa-${name}-broker-${process.pid}`, cable: `sb${process.pid}`, address: brokerAddress },
    { namespace: `samsa-${name}-client-${process.pid}`, cable: `sc${process.pid}`, address: clientAddress },
  ] as const;
  const [broker, client] = hosts;
  const remove = () => {
    for (const { namespace } of hosts) {
      try {
        ip("netns", "delete", namespace);
      } catch {
        // It was never made.
      }
    }
  };
  try {
    for (const { namespace } of hosts) ip("netns", "add", namespace);
    ip(
      "link",
      "add",
      broker.cable,
      "netns",
      broker.namespace,
      "type",
      "veth",
      "peer",
      client.cable,
      "netns",
      client.namespace,
    );
    for (const { namespace, cable, address } of hosts) {
      ip("-n", namespace, "address", "add", `${address}/24`, "dev", cable);
      ip("-n", namespace, "link", "set", cable, "up");
      ip("-n", namespace, "link", "set", "lo", "up");
    }
  } catch (error) {
    remove();
    throw new Error(`Network namespaces could not be made; this suite needs root and iproute2: ${error}`);
  }
  const routeThroughClient = () => ip("-n", broker.namespace, "route", "replace", "default", "via", client.address);
  return { broker, client, routeThroughClient, remove };
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
