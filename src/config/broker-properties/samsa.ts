/** Samsa's own properties: what Apache Kafka has no name for. */
import { choice, list, long } from "../definition.js";
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
  "samsa.log.level": choice(
    "info",
    "What the broker writes to its log: lines of this level and above.",
    oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  ),
} as const;
