import type { Address } from "./environment.js";

/** `host:port` as clients and people write it: an IPv6 address stands in brackets. */
export function hostAndPort({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
