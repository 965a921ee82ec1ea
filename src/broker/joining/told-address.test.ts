import { expect, test } from "vitest";
import type { Address } from "../../lib/environment.js";
import { addressToTell } from "./told-address.js";

function told(bound: Address, advertised?: Address): Address {
  const listeners = { advertised: new Map(advertised === undefined ? [] : [["PLAINTEXT", advertised]]) };
  return addressToTell({ config: { listeners }, bound: new Map([["PLAINTEXT", bound]]), ownHost: "b1" }, "PLAINTEXT");
}

test("a broker tells what it advertises, or else where it listens", () => {
  expect(told({ host: "10.0.0.1", port: 9092 })).toEqual({ host: "10.0.0.1", port: 9092 });
  const advertised = { host: "kafka.example", port: 19_092 };
  expect(told({ host: "0.0.0.0", port: 9092 }, advertised)).toEqual(advertised);
});

test("a listener on every interface is told by the name of its machine, never as an address of the one that hears it", () => {
  for (const host of ["0.0.0.0", "::", ""]) expect(told({ host, port: 9092 })).toEqual({ host: "b1", port: 9092 });
});
