import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedBroker, startBroker } from "../../src/index.js";
import { errors } from "../../src/protocol/errors.js";
import { encodeRequest } from "../../src/protocol/frames/frame.js";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { OffsetCommit } from "../../src/protocol/messages/08-offset-commit.js";
import { ApiVersions } from "../../src/protocol/messages/18-api-versions.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { buildBatch } from "../../src/protocol/records/build-batch.js";
import { crc32c } from "../../src/protocol/records/crc32c.js";
import * as layout from "../../src/protocol/records/layout.js";
import { NoAnswer, WireClient } from "../support/wire-client.js";

let broker: EmbeddedBroker;

beforeAll(async () => {
  broker = await startBroker({ port: 0, ephemeral: true, logLevel: "silent" });
  const client = await connect();
  await client.request(Metadata, 12, {
    topics: [{ topicId: zeroId, name: "bad-input" }],
    allowAutoTopicCreation: true,
    ...noOperations,
  });
  client.close();
});

afterAll(() => broker.stop());

const zeroId = "AAAAAAAAAAAAAAAAAAAAAA";
const noOperations = { includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };

function connect(): Promise<WireClient> {
  const [host = "", port = ""] = broker.bootstrapServers.split(":");
  return WireClient.connect({ host, port: Number(port) });
}

/** A broker that lives answers this on a new connection. */
async function expectAlive(): Promise<void> {
  const client = await connect();
  const answer = await client.request(ApiVersions, 0, {});
  expect(answer.errorCode).toBe(errors.NONE.code);
  client.close();
}

/** The connection is closed without an answer, and the broker lives. */
async function expectClosed(bytes: Uint8Array): Promise<void> {
  const client = await connect();
  client.sendBytes(bytes);
  await expect(client.nextFrame()).rejects.toThrow(NoAnswer);
  await expectAlive();
}

function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function requestBytes(...chunks: readonly Uint8Array[]): Buffer {
  return Buffer.concat(chunks);
}

describe("bytes that are no request close that one connection", () => {
  test.each([-1, -2147483648, 2147483647, 104_857_601])("a frame length of %i", async (length) => {
    const header = Buffer.alloc(4);
    header.writeInt32BE(length);
    await expectClosed(Buffer.concat([header, Buffer.alloc(64)]));
  });

  test("an empty frame, and a frame too short for its header", async () => {
    await expectClosed(framed(Buffer.alloc(0)));
    await expectClosed(framed(Buffer.from([0, 3, 0])));
  });

  test("an API that nobody knows, and a known one at an unknown version", async () => {
    const header = (apiKey: number, version: number) => {
      const bytes = Buffer.alloc(10);
      bytes.writeInt16BE(apiKey, 0);
      bytes.writeInt16BE(version, 2);
      bytes.writeInt16BE(-1, 8);
      return framed(bytes);
    };
    await expectClosed(header(9999, 0));
    await expectClosed(header(Metadata.key, 99));
    await expectClosed(header(-1, -1));
  });

  test("an array of 2^31 - 1 topics, without taking memory for them", async () => {
    const { chunks } = encodeRequest(Metadata, 1, 1, "hostile", { topics: [] });
    const bytes = requestBytes(...chunks);
    bytes.writeInt32BE(2_147_483_647, bytes.length - 4);
    await expectClosed(bytes);
  });

  test("a string that is not UTF-8", async () => {
    const { chunks } = encodeRequest(Metadata, 1, 1, "hostile", { topics: [{ name: "abcd" }] } as never);
    const bytes = requestBytes(...chunks);
    bytes.set([0xff, 0xfe, 0xc0, 0x80], bytes.length - 4);
    await expectClosed(bytes);
  });

  test("a request that is cut short anywhere", async () => {
    const { chunks } = encodeRequest(CreateTopics, 7, 1, "hostile", {
      topics: [{ name: "cut", numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 1000,
      validateOnly: true,
    });
    const whole = requestBytes(...chunks).subarray(4);
    for (let length = 12; length < whole.length; length += 3)
      await expectClosed(framed(Buffer.from(whole.subarray(0, length))));
  });

  test("whatever a random generator sends, the broker lives and its memory stays flat", async () => {
    const before = process.memoryUsage().rss;
    const frames = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        frames,
        fc.integer({ min: 0, max: 92 }),
        fc.integer({ min: 0, max: 18 }),
        async (contents, key, version) => {
          const client = await connect();
          for (const content of contents) {
            const bytes = Buffer.from(content);
            if (bytes.length >= 4) bytes.writeInt16BE(key, 0);
            if (bytes.length >= 4) bytes.writeInt16BE(version, 2);
            client.sendBytes(framed(bytes));
          }
          client.close();
        },
      ),
      { numRuns: 300, seed: 7 },
    );
    await expectAlive();
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});

describe("an unknown version of ApiVersions is answered in the layout of version 0", () => {
  test("with UNSUPPORTED_VERSION and the versions that are served", async () => {
    const client = await connect();
    const bytes = Buffer.concat(
      encodeRequest(ApiVersions, 4, 77, "new", { clientSoftwareName: "x", clientSoftwareVersion: "9" }).chunks,
    );
    bytes.writeInt16BE(42, 6);
    client.sendBytes(bytes);
    const frame = await client.nextFrame();
    expect(frame.readInt32BE(0)).toBe(77);
    expect(frame.readInt16BE(4)).toBe(errors.UNSUPPORTED_VERSION.code);
    expect(frame.readInt32BE(6)).toBeGreaterThan(20);
    client.close();
  });
});

describe("a batch that is not whole is refused with its error", () => {
  const good = () =>
    Buffer.from(buildBatch({ records: [{ timestampMs: Date.now(), key: null, value: Buffer.from("v") }] }));
  const resealed = (batch: Buffer) => {
    batch.writeUInt32BE(crc32c(batch.subarray(layout.ATTRIBUTES)), layout.CRC);
    return batch;
  };

  async function produce(records: Uint8Array, name = "bad-input", index = 0): Promise<number> {
    const client = await connect();
    const answer = await client.request(Produce, 9, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name, partitionData: [{ index, records }] }],
    } as never);
    client.close();
    return answer.responses[0]?.partitionResponses[0]?.errorCode ?? -99;
  }

  test("a wrong CRC", async () => {
    const batch = good();
    batch[batch.length - 1] = 0x55;
    expect(await produce(batch)).toBe(errors.CORRUPT_MESSAGE.code);
  });

  test("a length beyond what was sent, and one below its own header", async () => {
    const longer = good();
    longer.writeInt32BE(longer.length + 100, layout.LENGTH);
    expect(await produce(longer)).toBe(errors.INVALID_RECORD.code);
    const shorter = good();
    shorter.writeInt32BE(3, layout.LENGTH);
    expect(await produce(shorter)).toBe(errors.CORRUPT_MESSAGE.code);
  });

  test("a count that disagrees with its offsets", async () => {
    const batch = good();
    batch.writeInt32BE(7, layout.LAST_OFFSET_DELTA);
    expect(await produce(resealed(batch))).toBe(errors.INVALID_RECORD.code);
  });

  test("a codec that does not exist", async () => {
    const batch = good();
    batch.writeInt16BE(7, layout.ATTRIBUTES);
    expect(await produce(resealed(batch))).not.toBe(errors.NONE.code);
  });

  test("an unknown topic, a partition out of range, and the log is unharmed", async () => {
    expect(await produce(good(), "nowhere")).toBe(errors.UNKNOWN_TOPIC_OR_PARTITION.code);
    expect(await produce(good(), "bad-input", 4711)).toBe(errors.UNKNOWN_TOPIC_OR_PARTITION.code);
    expect(await produce(good())).toBe(errors.NONE.code);
  });
});

describe("requests that make no sense are answered with their error", () => {
  test.each(["", ".", "..", "a/b", "x".repeat(250), "snow☃"])("a topic named %j", async (name) => {
    const client = await connect();
    const answer = await client.request(CreateTopics, 5, {
      topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 1000,
      validateOnly: false,
    });
    expect(answer.topics[0]?.errorCode).toBe(errors.INVALID_TOPIC_EXCEPTION.code);
    client.close();
  });

  test("a commit from a generation that has passed", async () => {
    const client = await connect();
    const answer = await client.request(OffsetCommit, 7, {
      groupId: "stale",
      generationIdOrMemberEpoch: 5,
      memberId: "somebody",
      groupInstanceId: null,
      topics: [
        {
          name: "bad-input",
          partitions: [{ partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: "" }],
        },
      ],
    } as never);
    expect(answer.topics[0]?.partitions[0]?.errorCode).toBe(errors.ILLEGAL_GENERATION.code);
    client.close();
  });

  test("a fetch beyond the end", async () => {
    const client = await connect();
    const partition = { partition: 0, fetchOffset: 1_000_000, partitionMaxBytes: 1000 };
    const answer = await client.request(Fetch, 11, {
      maxWaitMs: 10,
      minBytes: 1,
      topics: [{ topic: "bad-input", partitions: [partition] }],
      forgottenTopicsData: [],
    } as never);
    expect(answer.responses[0]?.partitions[0]?.errorCode).toBe(errors.OFFSET_OUT_OF_RANGE.code);
    client.close();
  });
});
