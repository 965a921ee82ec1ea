import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { ZERO_UUID } from "../../../src/protocol/wire/zero-uuid.js";
import { scenario } from "../scenario.js";

const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAQ";

export const metadata = scenario("metadata", async (session) => {
  await session.topic("metadata-one", 1);
  await session.topic("metadata-three", 3);
  const connection = await session.connect();
  for (let version = 0; version <= 13; version += 1) {
    await connection.send(Metadata, version, {
      topics: [{ name: "metadata-one" }, { name: "metadata-three" }],
      ...(version >= 4 ? { allowAutoTopicCreation: false } : {}),
    });
  }
  // An empty list is no topic; only version 0 means all by it.
  await connection.send(Metadata, 1, { topics: [] });
  await connection.send(Metadata, 12, { topics: [] });
  await connection.send(Metadata, 9, { topics: [{ name: "metadata-one" }, { name: "metadata-one" }] });
});

export const metadataUnknown = scenario("metadata-unknown", async (session) => {
  const connection = await session.connect();
  const unknown = { topics: [{ name: "metadata-unknown" }], allowAutoTopicCreation: false };
  for (const version of [4, 8, 12, 13]) await connection.send(Metadata, version, unknown);
  for (const name of ["", ".", "..", "with space", "a".repeat(250), "umlaut-ä"]) {
    await connection.send(Metadata, 9, { topics: [{ name }], allowAutoTopicCreation: false });
    await connection.send(Metadata, 9, { topics: [{ name }], allowAutoTopicCreation: true });
  }
});

export const metadataById = scenario("metadata-by-id", async (session) => {
  const topicId = await session.topic("metadata-by-id", 2);
  const connection = await session.connect();
  const byId = (id: string, name: string | null) => ({
    topics: [{ topicId: id, name }],
    allowAutoTopicCreation: false,
  });
  await connection.send(Metadata, 12, byId(topicId, null));
  await connection.send(Metadata, 12, byId(UNKNOWN_ID, null));
  await connection.send(Metadata, 12, byId(topicId, "another-name"));
  await connection.send(Metadata, 12, byId(ZERO_UUID, "metadata-by-id"));
  await connection.send(Metadata, 10, byId(topicId, "metadata-by-id"));
  await connection.send(Metadata, 11, byId(topicId, null));
});

export const autoCreation = scenario("auto-creation", async (session) => {
  const connection = await session.connect();
  const wanted = { topics: [{ name: "auto-created" }], allowAutoTopicCreation: true };
  await connection.sendUntil(Metadata, 12, wanted, ({ topics }) => topics[0]?.errorCode === 0);
  const old = { topics: [{ name: "auto-created-by-old" }] };
  await connection.sendUntil(Metadata, 3, old, ({ topics }) => topics[0]?.errorCode === 0);
});

export const authorizedOperations = scenario("authorized-operations", async (session) => {
  await session.topic("authorized-operations");
  const connection = await session.connect();
  const topics = [{ name: "authorized-operations" }, { name: "authorized-operations-unknown" }];
  const asked = { topics, allowAutoTopicCreation: false, includeTopicAuthorizedOperations: true };
  await connection.send(Metadata, 8, { ...asked, includeClusterAuthorizedOperations: true });
  await connection.send(Metadata, 12, asked);
});
