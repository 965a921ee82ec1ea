/**
 * Hosts of a test's own, joined by one switch: network namespaces of Linux, with a bridge in one of them. They need root,
 * and `ip` from iproute2. Nothing outside of these namespaces is touched.
 */
import { execFileSync } from "node:child_process";

/** From the addresses that are reserved for documentation: nobody has them. */
const NETWORK = "198.51.100";
/** A network card that nobody has: what is sent there is lost without a word. */
const NOWHERE = "02:00:00:00:00:ff";

export class Hosts {
  readonly #names: readonly string[];
  readonly #prefix: string;

  private constructor(names: readonly string[], prefix: string) {
    this.#names = names;
    this.#prefix = prefix;
  }

  static create(names: readonly string[]): Hosts {
    const hosts = new Hosts(names, `samsa-${process.pid}-${Math.floor(Math.random() * 10_000)}`);
    try {
      hosts.#build();
    } catch (error) {
      hosts.remove();
      throw new Error(`Network namespaces could not be made; this suite needs root and iproute2: ${error}`);
    }
    return hosts;
  }

  address(host: string): string {
    return `${NETWORK}.${this.#indexOf(host) + 1}`;
  }

  /** The command line that runs another one on the host. */
  inside(host: string, command: string, args: readonly string[]) {
    return { command: "ip", args: ["netns", "exec", this.#namespaceOf(host), command, ...args] };
  }

  /** Pulls the host's cable out of the switch. */
  cutOff(host: string): void {
    ip("-n", this.#switch, "link", "set", portOf(this.#indexOf(host)), "nomaster");
  }

  plugIn(host: string): void {
    ip("-n", this.#switch, "link", "set", portOf(this.#indexOf(host)), "master", "switch");
  }

  /** What `from` sends to `to` is lost from now on; the other direction works. */
  lose(from: string, to: string): void {
    const card = ["lladdr", NOWHERE, "nud", "permanent", "dev", cableOf(this.#indexOf(from))];
    ip("-n", this.#namespaceOf(from), "neighbour", "replace", this.address(to), ...card);
  }

  deliver(from: string, to: string): void {
    const cable = cableOf(this.#indexOf(from));
    ip("-n", this.#namespaceOf(from), "neighbour", "delete", this.address(to), "dev", cable);
  }

  remove(): void {
    for (const namespace of [...this.#names.map((name) => this.#namespaceOf(name)), this.#switch]) {
      try {
        ip("netns", "delete", namespace);
      } catch {
        // It was never made.
      }
    }
  }

  get #switch(): string {
    return `${this.#prefix}-switch`;
  }

  #build(): void {
    ip("netns", "add", this.#switch);
    ip("-n", this.#switch, "link", "add", "switch", "type", "bridge");
    ip("-n", this.#switch, "link", "set", "switch", "up");
    this.#names.forEach((name, index) => {
      const [namespace, cable, port] = [this.#namespaceOf(name), cableOf(index), portOf(index)];
      ip("netns", "add", namespace);
      const otherEnd = ["peer", port, "netns", this.#switch];
      ip("link", "add", cable, "netns", namespace, "type", "veth", ...otherEnd);
      ip("-n", namespace, "address", "add", `${this.address(name)}/24`, "dev", cable);
      ip("-n", namespace, "link", "set", cable, "up");
      ip("-n", namespace, "link", "set", "lo", "up");
      ip("-n", this.#switch, "link", "set", port, "master", "switch");
      ip("-n", this.#switch, "link", "set", port, "up");
    });
  }

  #namespaceOf(host: string): string {
    return `${this.#prefix}-${host}`;
  }

  #indexOf(host: string): number {
    const index = this.#names.indexOf(host);
    if (index < 0) throw new Error(`there is no host ${host}`);
    return index;
  }
}

function cableOf(index: number): string {
  return `cable${index}`;
}

function portOf(index: number): string {
  return `port${index}`;
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}

/** Why hosts cannot be had here, or null. */
export function whyNoHosts(): string | null {
  if (process.platform !== "linux") return "needs network namespaces, which only Linux has";
  try {
    Hosts.create(["probe"]).remove();
    return null;
  } catch {
    return "this machine does not allow network namespaces, or has no iproute2";
  }
}
