/** Listeners, connections and the limits of requests. */
import { boolean, INT_MAX, insteadOf, int, internal, list, long, text, withoutEffect } from "../definition.js";
import { addressCounts, atLeast, oneOf, someItems } from "../validators.js";

export const networkProperties = {
  listeners: insteadOf(
    "PLAINTEXT://:9092",
    list(
      "PLAINTEXT://127.0.0.1:9092",
      "Where the broker listens, each as NAME://host:port; no host means every interface, port 0 a free port. Where " +
        "nothing is set and the broker runs in a container, it listens on 0.0.0.0.",
      someItems,
      "per-broker",
    ),
  ),
  "advertised.listeners": list(
    null,
    "The addresses that clients are told, each as NAME://host:port. Where it is not set, each client is told the " +
      "address through which it came in.",
    someItems,
  ),
  "listener.security.protocol.map": text(
    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
    "The security protocol of each listener, as NAME:PROTOCOL.",
    null,
    "per-broker",
  ),
  "inter.broker.listener.name": text(null, "The listener that brokers use among themselves."),
  "security.inter.broker.protocol": text(
    "PLAINTEXT",
    "The security protocol that brokers use among themselves, where `inter.broker.listener.name` is not set.",
    oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
  ),
  "controller.listener.names": insteadOf(
    null,
    list("CONTROLLER", "Listeners of the controller. They are accepted, but neither opened nor advertised.", someItems),
  ),
  "socket.request.max.bytes": int(104_857_600, "Largest request; a longer one closes its connection.", atLeast(1)),
  "connections.max.idle.ms": long(600_000, "A connection without a request for so long is closed."),
  "max.connections": int(INT_MAX, "Most connections that the broker has open at once.", atLeast(0), "cluster-wide"),
  "max.connections.per.ip": int(INT_MAX, "Most connections of one client address.", atLeast(0), "cluster-wide"),
  "fetch.max.bytes": int(57_671_680, "Most bytes of one fetch answer; the first batch always fits.", atLeast(1024)),
  "max.incremental.fetch.session.cache.slots": int(1000, "Fetch sessions that are kept (KIP-227).", atLeast(0)),
  "max.request.partition.size.limit": int(2000, "Most partitions that one answer describes.", atLeast(1)),
} as const;

export const networkPropertiesWithoutEffect = {
  ...withoutEffect("Samsa serves all connections on one event loop", {
    "num.network.threads": int(3, "Threads that read requests and send answers.", atLeast(1), "cluster-wide"),
    "num.io.threads": int(8, "Threads that work on requests.", atLeast(1), "cluster-wide"),
    "queued.max.requests": int(500, "Requests that wait for a thread before reading stops.", atLeast(1)),
  } as const),
  ...withoutEffect("`samsa.request.memory.bytes` bounds the requests of all connections", {
    "queued.max.request.bytes": long(-1, "Bytes of requests that wait for a thread; -1 means no limit."),
  } as const),
  ...withoutEffect("the operating system sizes the buffers and queues of sockets", {
    "socket.listen.backlog.size": int(50, "Connections that may wait to be accepted.", atLeast(1)),
    "socket.receive.buffer.bytes": int(102_400, "Receive buffer of a socket; -1 leaves it to the system."),
    "socket.send.buffer.bytes": int(102_400, "Send buffer of a socket; -1 leaves it to the system."),
  } as const),
  ...withoutEffect("one limit holds for every address", {
    "max.connections.per.ip.overrides": text(
      "",
      "Other limits for some addresses, as address:count parted by commas.",
      addressCounts,
      "cluster-wide",
    ),
  } as const),
  ...withoutEffect("connections are not rationed by rate", {
    "max.connection.creation.rate": int(INT_MAX, "New connections each second.", atLeast(0), "cluster-wide"),
  } as const),
  ...withoutEffect("one node sends no requests to other brokers", {
    "request.timeout.ms": int(30_000, "How long a request to another broker may take."),
    "socket.connection.setup.timeout.ms": long(10_000, "How long the first try to connect may take."),
    "socket.connection.setup.timeout.max.ms": long(30_000, "How long any try to connect may take."),
  } as const),
  ...withoutEffect("parked requests are let go at once, so nothing has to be purged", {
    "delete.records.purgatory.purge.interval.requests": int(1, "Purge interval for delayed DeleteRecords."),
    "fetch.purgatory.purge.interval.requests": int(1000, "Purge interval for delayed fetches."),
    "producer.purgatory.purge.interval.requests": int(1000, "Purge interval for delayed produces."),
    "share.fetch.purgatory.purge.interval.requests": int(1000, "Purge interval for delayed share fetches."),
  } as const),
  ...withoutEffect("only stable versions of the protocol are served", {
    "unstable.api.versions.enable": internal(boolean(false, "Whether unfinished API versions are offered.")),
    "unstable.feature.versions.enable": internal(boolean(false, "Whether unfinished feature levels are offered.")),
  } as const),
} as const;
