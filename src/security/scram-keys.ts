/**
 * What a SCRAM credential keeps of a password that its client has salted (RFC 5802): keys with which a broker knows who
 * has the password, and proves that it knows, while nobody can read the password out of them.
 */
import { createHash, createHmac } from "node:crypto";

/** By the number of the mechanism on the wire (KIP-554). */
const hashes: ReadonlyMap<number, string> = new Map([
  [1, "sha256"],
  [2, "sha512"],
]);

export function scramKeys(mechanism: number, saltedPassword: Uint8Array) {
  const hash = hashes.get(mechanism) ?? "sha256";
  const keyed = (what: string) => createHmac(hash, saltedPassword).update(what).digest();
  return { storedKey: createHash(hash).update(keyed("Client Key")).digest(), serverKey: keyed("Server Key") };
}
