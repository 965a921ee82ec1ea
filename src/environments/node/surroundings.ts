import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Surroundings } from "../../lib/surroundings.js";

/** Docker and Podman each leave a file; Kubernetes sets a variable. */
export function surroundings(): Surroundings {
  const isContainer =
    existsSync("/.dockerenv") || existsSync("/run/.containerenv") || process.env.KUBERNETES_SERVICE_HOST !== undefined;
  return { isContainer, hostName: hostname(), gateway: readGateway() };
}

function readGateway(): string | null {
  try {
    return gatewayOf(readFileSync("/proc/net/route", "latin1"));
  } catch {
    // Not Linux: there is no such table, and no container network either.
    return null;
  }
}

/** The gateway of the default route in the kernel's table, whose addresses are hexadecimal, lowest byte first. */
export function gatewayOf(routes: string): string | null {
  for (const line of routes.split("\n").slice(1)) {
    const [, destination, gateway = ""] = line.split("\t");
    if (destination !== "00000000" || gateway.length !== 8 || gateway === "00000000") continue;
    return [6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join(".");
  }
  return null;
}
