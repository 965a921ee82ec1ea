import { expect, test } from "vitest";
import { NetworkError } from "../lib/environment.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { broker1 } from "../metadata/image/image.test-data.js";
import { errors } from "../protocol/errors.js";
import { listenFailure, registrationFailure } from "./start-failure.js";

const { BROKER_ID_NOT_REGISTERED, DUPLICATE_BROKER_REGISTRATION, UNSUPPORTED_VERSION } = errors;

const withBroker1: MetadataImage = {
  ...emptyImage,
  brokers: new Map([
    [
      1,
      {
        ...broker1,
        endpoints: [{ name: "PLAINTEXT", host: "b1.example", port: 9092, securityProtocol: 0 }],
      },
    ],
  ]),
};

test("a broker that is there twice is told to take another node.id", () => {
  const { message } = registrationFailure(3, DUPLICATE_BROKER_REGISTRATION.code, emptyImage);
  expect(message).toBe("Another broker with node.id 3 is running. Give each a node.id of its own.");
  const known = registrationFailure(1, DUPLICATE_BROKER_REGISTRATION.code, withBroker1);
  expect(known.message).toContain("node.id 1 is running at b1.example:9092.");
});

test("data of another release is told by its features, not by node.id", () => {
  const finalized = new Map([
    ["metadata.version", 25],
    ["group.version", 1],
    ["kraft.version", 0],
  ]);
  const { message } = registrationFailure(3, UNSUPPORTED_VERSION.code, { ...emptyImage, features: finalized });
  expect(message).toContain("The cluster has metadata.version 25, while this release supports 30.");
  expect(message).not.toContain("node.id");
});

test("any other refusal is told by its name", () => {
  const { message } = registrationFailure(3, BROKER_ID_NOT_REGISTERED.code, emptyImage);
  expect(message).toBe("The controller refused broker 3: BROKER_ID_NOT_REGISTERED.");
});

test("a host that nobody knows is told in one sentence, with one full stop", () => {
  const why = new NetworkError("ENOTFOUND", "k1 is not known as a host name.");
  const { message } = listenFailure("PLAINTEXT", { host: "k1", port: 9092 }, why);
  expect(message).toBe("Listener PLAINTEXT: cannot listen on port 9092 on k1: k1 is not known as a host name.");
});
