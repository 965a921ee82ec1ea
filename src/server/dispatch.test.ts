import { describe, expect, test } from "vitest";
import { settled } from "../../tests/support/manual-environment.js";
import type { Broker } from "../broker/broker.js";
import { configWith } from "../config/config.test-data.js";
import { emptyImage } from "../metadata/image/empty.js";
import { encodeRequest } from "../protocol/frames/frame.js";
import { ApiVersions } from "../protocol/messages/18-api-versions.js";
import { DescribeCluster } from "../protocol/messages/60-describe-cluster.js";
import { AllocateProducerIds } from "../protocol/messages/67-allocate-producer-ids.js";
import type { Api, RequestToSend } from "../protocol/schema/message.js";
import { anonymous } from "../security/principal.js";
import { type Connection, Exchange } from "./connection.js";
import { dispatch } from "./dispatch.js";

const FRAME_SIZE_BYTES = 4;

/** A broker with a listener for brokers and one for clients. `joining`: as `Broker` has it. */
function brokerWith(joining: Promise<void> | null): Broker {
  const sets = [
    "listeners=INNER://127.0.0.1:9092,OUTER://127.0.0.1:9093",
    "listener.security.protocol.map=INNER:PLAINTEXT,OUTER:PLAINTEXT",
    "inter.broker.listener.name=INNER",
  ];
  const config = configWith(...sets);
  const broker: Partial<Broker> = {
    ...{ nodeId: 1, clusterId: "cluster", config, image: emptyImage, joining, hasPeers: true },
    authorizer: () => true,
    controller: {
      controllerId: 1,
      callHere: async () => ({ errorCode: 41 }),
    } as unknown as Broker["controller"],
  };
  return broker as Broker;
}

/** Sends a request over a connection to that listener. */
function send<A extends Api>(broker: Broker, listener: string, api: A, version: number, request: RequestToSend<A>) {
  const { chunks } = encodeRequest(api, version, 1, "test", request);
  const exchange = new Exchange(
    { bytes: Buffer.concat(chunks).subarray(FRAME_SIZE_BYTES), reservedBytes: 0, reusable: null },
    0,
  );
  const address = { host: "127.0.0.1", port: 9092 };
  const facts = { id: 1, listener, principal: anonymous, local: address, remote: address, serverName: null };
  const connection = { facts: { ...facts, software: null }, isClosed: false, settled: () => {} };
  dispatch(broker, exchange, connection as unknown as Connection);
  return { exchange, connection };
}

describe("while the broker joins its cluster", () => {
  const asked = { includeClusterAuthorizedOperations: false };
  const greeting = { clientSoftwareName: "test", clientSoftwareVersion: "1" };

  test("a client waits: what it would be told is not true yet", async () => {
    let join = () => {};
    const joining = new Promise<void>((resolve) => {
      join = resolve;
    });
    const { exchange } = send(brokerWith(joining), "OUTER", DescribeCluster, 0, asked);
    const gone = send(brokerWith(joining), "OUTER", DescribeCluster, 0, asked);
    gone.connection.isClosed = true;
    await settled();
    expect(exchange.served).toBeNull();
    join();
    await settled();
    expect(exchange.served?.kind).toBe("answer");
    expect(gone.exchange.served).toBeNull();
  });

  test("other brokers are served: this one may have to decide for them", async () => {
    const broker = brokerWith(new Promise(() => {}));
    const { exchange } = send(broker, "INNER", AllocateProducerIds, 0, { brokerId: 2, brokerEpoch: 1 });
    const { exchange: greeted } = send(broker, "INNER", ApiVersions, 3, greeting);
    await settled();
    expect([exchange.served?.kind, greeted.served?.kind]).toEqual(["answer", "answer"]);
  });
});

test("what brokers ask each other is served on their listener only", async () => {
  const broker = brokerWith(null);
  const { exchange } = send(broker, "OUTER", AllocateProducerIds, 0, { brokerId: 2, brokerEpoch: 1 });
  await settled();
  expect(exchange.served).toMatchObject({ kind: "close", why: expect.stringContaining("API 67") });
});

test("a broker that is alone serves nothing of it: whoever calls itself a broker there is none", async () => {
  const broker = { ...brokerWith(null), hasPeers: false };
  const { exchange } = send(broker, "INNER", AllocateProducerIds, 0, { brokerId: 2, brokerEpoch: 1 });
  await settled();
  expect(exchange.served).toMatchObject({ kind: "close", why: expect.stringContaining("API 67") });
});
