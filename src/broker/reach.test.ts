import { describe, expect, test } from "vitest";
import { emptyImage } from "../metadata/image/empty.js";
import type { BrokerImage, MetadataImage } from "../metadata/image/image.js";
import { broker1 } from "../metadata/image/image.test-data.js";
import { type Asker, hostNamesOf, Reach, type ReachRules } from "./reach.js";

function broker(id: number, options: { fenced?: boolean } = {}): BrokerImage {
  return {
    ...broker1,
    id,
    endpoints: [{ name: "PLAINTEXT", host: `registered-${id}`, port: 9000 + id, securityProtocol: 0 }],
    fenced: options.fenced ?? false,
  };
}

function image(...brokers: BrokerImage[]): MetadataImage {
  return { ...emptyImage, epoch: 1, brokers: new Map(brokers.map((each) => [each.id, each])) };
}

function reach(rules: Partial<ReachRules> = {}): Reach {
  return new Reach({
    nodeId: 1,
    advertised: new Map(),
    hostNames: new Map(),
    byPeer: [],
    containerGateway: null,
    portOf: () => null,
    ...rules,
  });
}

const asker: Asker = {
  listener: "PLAINTEXT",
  local: { host: "192.0.2.7", port: 9092 },
  remote: { host: "192.0.2.99", port: 50_000 },
  serverName: null,
};

describe("the address that a client is given for the broker it asks", () => {
  test("is the one through which its connection came in", () => {
    expect(reach().endpointOf(1, asker, image(broker(1)))).toEqual({ host: "192.0.2.7", port: 9092 });
  });

  test("has no IPv6 mapping when the client speaks IPv4", () => {
    const mapped = { ...asker, local: { host: "::ffff:192.0.2.7", port: 9092 } };
    expect(reach().endpointOf(1, mapped, image(broker(1)))).toEqual({ host: "192.0.2.7", port: 9092 });
  });

  test("is advertised.listeners before anything else", () => {
    const rules = { advertised: new Map([["PLAINTEXT", { host: "kafka.example", port: 19_092 }]]) };
    const named = { ...asker, serverName: "other.example" };
    expect(reach(rules).endpointOf(1, named, image(broker(1)))).toEqual({ host: "kafka.example", port: 19_092 });
  });

  test("is the name that a TLS client asked for, at the port it came to", () => {
    const named = { ...asker, serverName: "broker.example" };
    expect(reach().endpointOf(1, named, image(broker(1)))).toEqual({ host: "broker.example", port: 9092 });
  });

  test("follows a rule for the peer's network", () => {
    const rules = { byPeer: [{ cidr: "192.0.2.0/24", host: "inside.example", port: 7000 }] };
    expect(reach(rules).endpointOf(1, asker, image(broker(1)))).toEqual({ host: "inside.example", port: 7000 });
    const elsewhere = { ...asker, remote: { host: "::1", port: 1 } };
    expect(reach(rules).endpointOf(1, elsewhere, image(broker(1)))).toEqual({ host: "192.0.2.7", port: 9092 });
  });

  test("is localhost in a container when the peer is the gateway, as for a published port", () => {
    const rules = { containerGateway: "172.17.0.1" };
    const published = { ...asker, remote: { host: "172.17.0.1", port: 1 } };
    expect(reach(rules).endpointOf(1, published, image(broker(1)))).toEqual({ host: "localhost", port: 9092 });
    expect(reach(rules).endpointOf(1, asker, image(broker(1)))).toEqual({ host: "192.0.2.7", port: 9092 });
  });

  test("is the name in `listeners`, which may mean another address behind a NAT", () => {
    const rules = { hostNames: hostNamesOf([{ name: "PLAINTEXT", host: "kafka-1.example" }]) };
    expect(reach(rules).endpointOf(1, asker, image(broker(1)))).toEqual({ host: "kafka-1.example", port: 9092 });
  });

  test.each(["", "0.0.0.0", "::", "192.0.2.7", "fe80::1", "localhost"])(
    "is not what `listeners` has if that is %j",
    (host) => {
      const rules = { hostNames: hostNamesOf([{ name: "PLAINTEXT", host }]) };
      expect(reach(rules).endpointOf(1, asker, image(broker(1)))).toEqual({ host: "192.0.2.7", port: 9092 });
    },
  );
});

describe("the address that a client is given for another broker", () => {
  test("is the same host with that broker's port when both live in one process", () => {
    const rules: Partial<ReachRules> = { portOf: (id) => (id === 2 ? 9093 : null) };
    expect(reach(rules).endpointOf(2, asker, image(broker(1), broker(2)))).toEqual({ host: "192.0.2.7", port: 9093 });
  });

  test("is what that broker registered where listeners are advertised", () => {
    const advertised = new Map([["PLAINTEXT", { host: "kafka.example", port: 19_092 }]]);
    const rules: Partial<ReachRules> = { advertised, portOf: () => 9093 };
    expect(reach(rules).endpointOf(3, asker, image(broker(3)))).toEqual({ host: "registered-3", port: 9003 });
  });

  test("is what that broker registered when it lives elsewhere", () => {
    expect(reach().endpointOf(3, asker, image(broker(3)))).toEqual({ host: "registered-3", port: 9003 });
  });

  test("is none for a broker that is unknown, fenced or without that listener", () => {
    expect(reach().endpointOf(4, asker, image())).toBeNull();
    expect(reach().endpointOf(3, asker, image(broker(3, { fenced: true })))).toBeNull();
    expect(reach().endpointOf(3, { ...asker, listener: "OTHER" }, image(broker(3)))).toBeNull();
  });
});
