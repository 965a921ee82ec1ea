import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { ApiVersions } from "../../../src/protocol/messages/18-api-versions.js";
import { frameOf } from "../requests.js";
import { scenario } from "../scenario.js";

export const apiVersions = scenario("api-versions", async (session) => {
  const connection = await session.connect();
  for (const version of [0, 1, 2]) await connection.send(ApiVersions, version, {});
  for (const version of [3, 4]) {
    await connection.send(ApiVersions, version, { clientSoftwareName: "diff", clientSoftwareVersion: "1.0.0-rc.1" });
  }
  const badNames: [string, string][] = [
    ["", "1"],
    ["-diff", "1"],
    ["diff", "1."],
    ["di ff", "1"],
  ];
  for (const [clientSoftwareName, clientSoftwareVersion] of badNames) {
    await connection.send(ApiVersions, 3, { clientSoftwareName, clientSoftwareVersion });
  }
});

export const unknownVersions = scenario("unknown-versions", async (session) => {
  const newer = await session.connect();
  const asV0 = { api: ApiVersions, version: 0 };
  const noBody = new Uint8Array(0);
  await newer.sendFrame("ApiVersions 99", frameOf(18, 99, Buffer.from([5, 1, 2, 3, 0]), { flexible: true }), asV0);
  await newer.send(ApiVersions, 0, {});
  const cases: [string, number, number][] = [
    ["Metadata 99", 3, 99],
    ["Metadata -1", 3, -1],
    ["an API key that nobody has", 999, 0],
    ["LeaderAndIsr, which clients must not send", 4, 0],
    // Too old for Apache Kafka 4; to Samsa, which serves them, a request without a body is not readable.
    ["Produce 2 without a body", 0, 2],
    ["Fetch 3 without a body", 1, 3],
    ["ListOffsets 0 without a body", 2, 0],
    ["CreateTopics 1 without a body", 19, 1],
    ["SaslHandshake 1 without a body", 17, 1],
  ];
  for (const [what, apiKey, version] of cases) {
    const connection = await session.connect();
    await connection.sendFrame(what, frameOf(apiKey, version, noBody), { api: Metadata, version: 0 });
  }
});
