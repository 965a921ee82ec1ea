/** Samsa's own properties: what Apache Kafka has no name for. */
import { choice, int, list, long } from "../definition.js";
import { anyItems, atLeast, oneOf } from "../validators.js";

export const samsaProperties = {
  "samsa.advertised.by.peer": list(
    "",
    "Addresses told to clients by where they come from, each as CIDR=host:port. The first one that holds the client's " +
      "address is taken; `advertised.listeners` goes before it.",
    anyItems,
  ),
  "samsa.request.memory.bytes": long(
    268_435_456,
    "Memory for the large requests of all connections together; at least `socket.request.max.bytes`. While it is used " +
      "up, further ones wait unread.",
    atLeast(1),
  ),
  "samsa.log.sync": choice(
    "system",
    "When records reach the disk: `system` leaves it to the operating system and the `flush` properties; with `always` a " +
      "produce is answered only after its records were synced, as with `flush.messages=1` for every topic.",
    oneOf("system", "always"),
  ),
  "samsa.log.open.files.max": int(
    2_000,
    "Files of the logs that may be open at once; others are opened again when they are needed.",
    atLeast(10),
  ),
  "samsa.log.warm.bytes": long(
    268_435_456,
    "So much of what was appended or read last is taken to be in memory and read at once; all else is read through the " +
      "thread pool, so that a consumer of old records stops nobody.",
    atLeast(0),
  ),
  "samsa.log.dir.retry.ms": int(
    10_000,
    "How often a data folder that has failed is tried again. Once it works, its logs are recovered and served.",
    atLeast(1),
  ),
  "samsa.log.level": choice(
    "info",
    "What the broker writes to its log: lines of this level and above.",
    oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  ),
} as const;
