import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { expect, test } from "vitest";
import { scramKeys } from "./scram-keys.js";

test("with the keys of the example in RFC 7677, the client is believed and the server's signature is right", () => {
  const salted = pbkdf2Sync("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"), 4096, 32, "sha256");
  const nonce = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const exchanged = `n=user,r=rOprNGfwEbeRWgbNEkqO,${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,${nonce}`;
  const { storedKey, serverKey } = scramKeys(1, salted);
  const serverSignature = createHmac("sha256", serverKey).update(exchanged).digest("base64");
  expect(serverSignature).toBe("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  const proof = Buffer.from("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "base64");
  const signature = createHmac("sha256", storedKey).update(exchanged).digest();
  const clientKey = proof.map((byte, i) => byte ^ (signature[i] ?? 0));
  expect(createHash("sha256").update(clientKey).digest()).toEqual(storedKey);
});
