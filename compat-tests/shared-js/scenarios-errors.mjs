/** Scenarios about what a broker refuses. */
import { createTopic, equal, failsWith, holds, readAll, sendValues, valuesOf } from "./expect.mjs";

const MINUTE_MS = 60_000;

export const errors = {
  "error-unknown-topic": async (context) => {
    const { client, topic } = context;
    const startedMs = performance.now();
    const names = ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC", ...client.timeOutNames];
    await failsWith(
      client,
      names,
      () => sendValues(context, ["v"], { patienceMs: 5000 }),
      "sending to an unknown topic",
    );
    holds(performance.now() - startedMs < MINUTE_MS / 2, "it took longer than 30 s");
    holds(!(await client.topics()).includes(topic), "the topic was created");
  },

  "error-too-large": async (context) => {
    await createTopic(context.client, context.topic, { configs: { "max.message.bytes": "10000" } });
    const large = "x".repeat(20_000);
    const names = ["MESSAGE_TOO_LARGE", "MSG_SIZE_TOO_LARGE"];
    await failsWith(context.client, names, () => sendValues(context, [large], { codec: "none" }), "a large record");
    await sendValues(context, ["small"]);
    equal(valuesOf(await readAll(context, 1)), ["small"], "the values");
  },

  "error-null-key": async (context) => {
    await createTopic(context.client, context.topic, { configs: { "cleanup.policy": "compact" } });
    await failsWith(
      context.client,
      ["INVALID_RECORD"],
      () => sendValues(context, [{ key: null, value: "v" }]),
      "a record without a key",
    );
    await sendValues(context, [{ key: "k", value: "v" }]);
    equal(valuesOf(await readAll(context, 1)), ["v"], "the values");
  },
};
