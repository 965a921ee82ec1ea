/** `samsa.advertised.by.peer`: which address a client is told, by the network from which it comes. */
import ipaddr from "ipaddr.js";
import type { Address } from "../lib/environment.js";

export interface PeerRule extends Address {
  /** `10.0.0.0/8`, or one address with its full width. */
  readonly cidr: string;
}

/** `10.0.0.0/8=broker.example:9092`, or `null` when the text is not of that form. */
export function parsePeerRule(text: string): PeerRule | null {
  const match =
    /^([0-9a-fA-F.:]{2,45})(?:\/([0-9]{1,3}))?=(?:\[([0-9a-fA-F.:]{2,45})\]|([\w.-]{1,255})):([0-9]{1,5})$/.exec(
      text.trim(),
    );
  const [, network = "", width, bracketed, name = ""] = match ?? [];
  const port = Number(match?.[5]);
  if (match === null || !ipaddr.isValid(network) || port < 1 || port > 65_535) return null;
  const cidr = `${network}/${width ?? (network.includes(":") ? 128 : 32)}`;
  return ipaddr.isValidCIDR(cidr) ? { cidr, host: bracketed ?? name, port } : null;
}
