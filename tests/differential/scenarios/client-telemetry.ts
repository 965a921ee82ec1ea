/** Metrics that clients push (KIP-714). Apache Kafka serves both APIs also where it does not advertise them. */
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { ApiVersions } from "../../../src/protocol/messages/18-api-versions.js";
import { IncrementalAlterConfigs } from "../../../src/protocol/messages/44-incremental-alter-configs.js";
import { GetTelemetrySubscriptions } from "../../../src/protocol/messages/71-get-telemetry-subscriptions.js";
import { PushTelemetry } from "../../../src/protocol/messages/72-push-telemetry.js";
import { codecs } from "../../../src/protocol/records/codecs.js";
import { ZERO_UUID } from "../../../src/protocol/wire/zero-uuid.js";
import { type Connection, type Session, scenario } from "../scenario.js";

const METRICS = 16;
const [SET, DELETE] = [0, 1];
/** A broker takes new metadata a moment after the controller has answered. */
const SETTLED_MS = 500;
const PUSH_BYTES_MAX = 1_048_576;
const CHOSEN_ID = "AQIDBAUGBwgJCgsMDQ4PEA";
const ONE = "AAAAAAAAAAAAAAAAAAAAAQ";

async function connected(session: Session, clientSoftwareName: string): Promise<Connection> {
  const connection = await session.connect();
  await connection.send(ApiVersions, 3, { clientSoftwareName, clientSoftwareVersion: "1.0" });
  return connection;
}

const get = (connection: Connection, clientInstanceId = ZERO_UUID) =>
  connection.send(GetTelemetrySubscriptions, 0, { clientInstanceId });

interface More {
  readonly clientInstanceId?: string;
  readonly subscriptionId?: number;
  readonly terminating?: boolean;
  readonly compressionType?: number;
  readonly metrics?: Uint8Array;
}

/** A client that has just been told its subscriptions pushes in its own name, if nothing else is said. */
async function push(connection: Connection, more: More): Promise<void> {
  const { clientInstanceId, subscriptionId } = await get(connection);
  await again(connection, { clientInstanceId, subscriptionId, ...more });
}

async function again(connection: Connection, more: More): Promise<void> {
  const nothing = { clientInstanceId: CHOSEN_ID, subscriptionId: 0, terminating: false, compressionType: codecs.none };
  await connection.send(PushTelemetry, 0, { ...nothing, metrics: new Uint8Array(0), ...more });
}

async function subscribe(connection: Connection, name: string, configs: Readonly<Record<string, string | null>>) {
  const changes = Object.entries(configs).map(([key, value]) => ({
    ...{ name: key, configOperation: value === null ? DELETE : SET, value },
  }));
  const resources = [{ resourceType: METRICS, resourceName: name, configs: changes }];
  await connection.send(IncrementalAlterConfigs, 1, { resources, validateOnly: false });
  await sleep(SETTLED_MS);
}

export const clientTelemetry = scenario("client-telemetry", async (session) => {
  const connection = await connected(session, "telemetry-tests");
  const { clientInstanceId, subscriptionId } = await get(connection);
  await get(connection, clientInstanceId);
  await get(connection, ONE);
  await again(connection, { clientInstanceId, subscriptionId: 5 });
  await get(connection, clientInstanceId);
  await again(connection, { clientInstanceId, subscriptionId });
  await again(connection, { clientInstanceId, subscriptionId, terminating: true });
  await again(connection, { clientInstanceId, subscriptionId, terminating: true });
  await again(connection, { clientInstanceId, subscriptionId });
  await get(connection, clientInstanceId);
  await again(connection, { clientInstanceId: ZERO_UUID });
  await again(connection, { clientInstanceId: ONE });
  await again(connection, { subscriptionId: 5 });
});

export const pushedTelemetry = scenario("pushed-telemetry", async (session) => {
  const connection = await connected(session, "telemetry-tests");
  await push(connection, { metrics: Buffer.from("is not looked at") });
  await push(connection, { metrics: gzipSync("metrics"), compressionType: codecs.gzip });
  await push(connection, { metrics: Buffer.from("broken"), compressionType: codecs.gzip });
  await push(connection, { metrics: gzipSync(Buffer.alloc(2 * PUSH_BYTES_MAX)), compressionType: codecs.gzip });
  await push(connection, { compressionType: 9 });
  await push(connection, { metrics: new Uint8Array(PUSH_BYTES_MAX) });
  await push(connection, { metrics: new Uint8Array(PUSH_BYTES_MAX + 1) });
  await push(connection, { subscriptionId: 5, compressionType: 9 });
});

export const telemetrySubscriptions = scenario("telemetry-subscriptions", async (session) => {
  const [asked, other] = [await connected(session, "telemetry-tests"), await connected(session, "other")];
  const ask = async () => {
    await get(asked, CHOSEN_ID);
    for (const connection of [asked, other]) await get(connection);
  };
  const admin = await session.connect();
  await ask();
  const match = "client_software_name=telemetry.*,client_source_address=127\\.0\\.0\\.1";
  await subscribe(admin, "of-tests", {
    metrics: "org.apache.kafka.b.,org.apache.kafka.a.",
    "interval.ms": "2000",
    match,
  });
  await ask();
  await subscribe(admin, "of-all", { metrics: "of.all", "interval.ms": "60000" });
  await ask();
  await subscribe(admin, "of-tests", { match: "client_software_name=tests" });
  await ask();
  await subscribe(admin, "of-all", { metrics: "*" });
  await ask();
  asked.close();
  await sleep(SETTLED_MS);
  await get(other, CHOSEN_ID);
  await subscribe(admin, "of-tests", { metrics: null, "interval.ms": null, match: null });
  await subscribe(admin, "of-all", { metrics: null, "interval.ms": null });
  await get(other);
});
