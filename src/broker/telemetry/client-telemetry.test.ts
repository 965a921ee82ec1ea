import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { emptyImage } from "../../metadata/image/empty.js";
import { configKey, configResource, type MetadataImage } from "../../metadata/image/image.js";
import { createLogger } from "../../observability/logger.js";
import { pushOfJava } from "../../observability/otlp/java-push.test-data.js";
import { errors } from "../../protocol/errors.js";
import { codecs } from "../../protocol/records/codecs.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { ClientTelemetry, type Push, type TelemetryCaller } from "./client-telemetry.js";

const MINUTE_MS = 60_000;
const ID = "AQIDBAUGBwgJCgsMDQ4PEA";
const DRAWN = "VtMN1RU6TuiWVUXp_hUJ8w";
/** What Apache Kafka calls the UUID whose last bit alone is set, which a client may ask under all the same. */
const ONE = "AAAAAAAAAAAAAAAAAAAAAQ";

type Subscriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

function imageWith(subscriptions: Subscriptions): MetadataImage {
  const entries = Object.entries(subscriptions).map(
    ([name, configs]) => [configKey(configResource.clientMetrics, name), new Map(Object.entries(configs))] as const,
  );
  return { ...emptyImage, configs: new Map(entries) };
}

function telemetry(lines: string[] = []) {
  return new ClientTelemetry({
    random: { bytes: (count) => new Uint8Array(count), below: () => 0, uuid: () => DRAWN },
    wallMs: () => 1_700_000_000_000,
    logger: createLogger({ write: (line) => lines.push(line), nowMs: () => 0, level: "debug" }),
    pushBytesMax: 1000,
  });
}

const caller = (more: Partial<TelemetryCaller> = {}): TelemetryCaller => ({
  connectionId: 1,
  clientId: "app",
  software: { name: "apache-kafka-java", version: "4.3.1" },
  remote: { host: "127.0.0.1", port: 4711 },
  image: emptyImage,
  nowMs: 0,
  ...more,
});

const push = (subscriptionId: number, more: Partial<Push> = {}): Push => ({
  ...{ clientInstanceId: ID, subscriptionId, terminating: false, compressionType: codecs.none },
  metrics: new Uint8Array(0),
  ...more,
});

function subscribed(of: ClientTelemetry, as: TelemetryCaller, clientInstanceId = ID) {
  const answer = of.subscribe(as, clientInstanceId);
  if ("errorCode" in answer) throw new Error(`refused with ${answer.errorCode}`);
  return answer;
}

describe("what a client is asked for", () => {
  test("nothing, every five minutes, where there is no subscription", () => {
    expect(subscribed(telemetry(), caller())).toMatchObject({ metrics: [], pushIntervalMs: 300_000 });
  });

  test("the same subscription ids as Apache Kafka", () => {
    expect(subscribed(telemetry(), caller(), ONE).subscriptionId).toBe(-725132321);
    const image = imageWith({ all: { metrics: "*", "interval.ms": "1000" } });
    expect(subscribed(telemetry(), caller({ image })).subscriptionId).toBe(848016041);
  });

  test("a client without an id is given one", () => {
    expect(subscribed(telemetry(), caller(), ZERO_UUID).clientInstanceId).toBe(DRAWN);
    expect(subscribed(telemetry(), caller()).clientInstanceId).toBe(ID);
  });

  test("all subscriptions that match are joined: every metric once, the shortest interval", () => {
    const image = imageWith({
      java: { metrics: "b.,a.", "interval.ms": "2000", match: "client_software_name=apache.*,client_id=app" },
      everybody: { metrics: "a.", "interval.ms": "5000" },
      others: { metrics: "c.", "interval.ms": "100", match: "client_id=ap" },
    });
    expect(subscribed(telemetry(), caller({ image }))).toMatchObject({ metrics: ["a.", "b."], pushIntervalMs: 2000 });
    const unknown = caller({ image, software: null });
    expect(subscribed(telemetry(), unknown)).toMatchObject({ metrics: ["a."], pushIntervalMs: 5000 });
  });

  test("who is asked for everything is asked for nothing else", () => {
    const image = imageWith({ some: { metrics: "a.,b." }, all: { metrics: "*" } });
    expect(subscribed(telemetry(), caller({ image })).metrics).toEqual(["*"]);
  });
});

describe("how often a client may ask", () => {
  const tooEarly = { errorCode: errors.THROTTLING_QUOTA_EXCEEDED.code };

  test("once in its interval", () => {
    const room = telemetry();
    subscribed(room, caller());
    expect(room.subscribe(caller({ nowMs: 5 * MINUTE_MS - 1 }), ID)).toEqual(tooEarly);
    subscribed(room, caller({ nowMs: 5 * MINUTE_MS }));
  });

  test("at once when a subscription changed; another configuration changes nothing", () => {
    const room = telemetry();
    const image = imageWith({ all: { metrics: "*" } });
    subscribed(room, caller({ image }));
    const configs = new Map([...image.configs, [configKey(configResource.topic, "t"), new Map([["a", "b"]])]]);
    expect(room.subscribe(caller({ image: { ...image, configs } }), ID)).toEqual(tooEarly);
    expect(subscribed(room, caller({ image: imageWith({ all: { metrics: "a." } }) })).metrics).toEqual(["a."]);
    expect(subscribed(room, caller()).metrics).toEqual([]);
  });

  test("at once when it pushed to subscriptions that are no more", () => {
    const room = telemetry();
    subscribed(room, caller());
    expect(room.push(caller({ nowMs: 1 }), push(7))).toBe(errors.UNKNOWN_SUBSCRIPTION_ID.code);
    subscribed(room, caller({ nowMs: 2 }));
  });

  test("at once when it comes back after its connection closed", () => {
    const room = telemetry();
    subscribed(room, caller());
    room.disconnected(1);
    expect(subscribed(room, caller({ connectionId: 2 })).clientInstanceId).toBe(ID);
  });
});

describe("what a client pushes", () => {
  test("is kept, not compressed, and told of in the log", () => {
    const lines: string[] = [];
    const room = telemetry(lines);
    const { subscriptionId } = subscribed(room, caller());
    const metrics = gzipSync(pushOfJava);
    const answer = room.push(caller({ nowMs: 1 }), push(subscriptionId, { compressionType: codecs.gzip, metrics }));
    expect(answer).toBe(errors.NONE.code);
    const [kept] = [...room.pushed.newest()];
    expect(kept).toMatchObject({ clientInstanceId: ID, clientId: "app", softwareName: "apache-kafka-java" });
    expect(Buffer.from(kept?.metricsData ?? [])).toEqual(pushOfJava);
    const line = JSON.parse(lines.at(-1) ?? "");
    expect(line.msg).toBe("a client pushed its metrics");
    expect(line.metrics["org.apache.kafka.producer.node.request.latency.max{node_id=node-1}"]).toBe(130);
  });

  test("outlives the frame that it came in", () => {
    const room = telemetry();
    const { subscriptionId } = subscribed(room, caller());
    const frame = Buffer.from("....metrics");
    room.push(caller({ nowMs: 1 }), push(subscriptionId, { metrics: frame.subarray(4) }));
    frame.fill(0);
    expect(Buffer.from([...room.pushed.newest()][0]?.metricsData ?? []).toString()).toBe("metrics");
  });

  test("may come at once after the subscriptions, and then once in an interval", () => {
    const room = telemetry();
    const { subscriptionId } = subscribed(room, caller());
    expect(room.push(caller({ nowMs: 1 }), push(subscriptionId))).toBe(errors.NONE.code);
    const early = caller({ nowMs: 5 * MINUTE_MS });
    expect(room.push(early, push(subscriptionId))).toBe(errors.THROTTLING_QUOTA_EXCEEDED.code);
    expect(room.push(caller({ nowMs: 5 * MINUTE_MS + 1 }), push(subscriptionId))).toBe(errors.NONE.code);
  });

  test("its last word may come at any time, and nothing after it", () => {
    const room = telemetry();
    const { subscriptionId } = subscribed(room, caller());
    room.push(caller({ nowMs: 1 }), push(subscriptionId));
    expect(room.push(caller({ nowMs: 2 }), push(subscriptionId, { terminating: true }))).toBe(errors.NONE.code);
    const after = room.push(caller({ nowMs: 10 * MINUTE_MS }), push(subscriptionId, { terminating: true }));
    expect(after).toBe(errors.INVALID_REQUEST.code);
  });

  test.each([
    ["reserved ids", { clientInstanceId: ONE }, "INVALID_REQUEST"],
    ["unknown codecs", { compressionType: 9 }, "UNSUPPORTED_COMPRESSION_TYPE"],
    ["too many bytes", { metrics: new Uint8Array(1001) }, "TELEMETRY_TOO_LARGE"],
    ["broken bytes", { compressionType: codecs.gzip, metrics: Buffer.from("broken") }, "INVALID_RECORD"],
    [
      "few bytes that stand for too many",
      { compressionType: codecs.gzip, metrics: gzipSync(Buffer.alloc(1001)) },
      "INVALID_RECORD",
    ],
  ] as const)("is refused with %s", (_, more, name) => {
    const room = telemetry();
    const { subscriptionId } = subscribed(room, caller());
    expect(room.push(caller({ nowMs: 1 }), push(subscriptionId, more))).toBe(errors[name].code);
    expect([...room.pushed.newest()]).toEqual([]);
  });
});
