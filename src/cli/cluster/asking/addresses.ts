import type { Address } from "../../../lib/environment.js";

/** Reads `host:port,host:port` as clients take it; an IPv6 address stands in brackets. Null: it is something else. */
export function parseAddresses(text: string): readonly Address[] | null {
  const addresses = text.split(",").map((one) => parseAddress(one.trim()));
  return addresses.every((one) => one !== null) ? addresses : null;
}

function parseAddress(text: string): Address | null {
  const found = /^(?:\[([^\]]{1,255})\]|([^:[\]]{1,255})):([0-9]{1,5})$/.exec(text);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : null;
}
