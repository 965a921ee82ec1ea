/** Tiered storage (KIP-405): plug-ins are Java classes, so it cannot be switched on. */
import { boolean, double, int, internal, LONG_MAX, long, refused, text, withoutEffect } from "../definition.js";
import { atLeast, between, nonEmpty } from "../validators.js";

export const tieredStorageProperties = refused("there is no tiered storage yet", {
  "remote.log.storage.system.enable": boolean(false, "Whether old segments may move to remote storage."),
} as const);

export const tieredStoragePropertiesWithoutEffect = withoutEffect("there is no tiered storage yet", {
  "remote.fetch.max.wait.ms": int(500, "Longest wait for remote data.", atLeast(1), "cluster-wide"),
  "remote.list.offsets.request.timeout.ms": long(
    30_000,
    "Longest wait for a look-up by time in remote data.",
    atLeast(1),
    "cluster-wide",
  ),
  "remote.log.index.file.cache.total.size.bytes": long(
    1_073_741_824,
    "Disk space for indexes of remote segments.",
    atLeast(1),
    "cluster-wide",
  ),
  "remote.log.index.file.cache.ttl.ms": internal(long(900_000, "How long such an index is kept.", atLeast(-1))),
  "remote.log.manager.copier.thread.pool.size": int(10, "Threads that copy segments.", atLeast(1), "cluster-wide"),
  "remote.log.manager.copy.max.bytes.per.second": long(
    LONG_MAX,
    "Bytes copied each second.",
    atLeast(1),
    "cluster-wide",
  ),
  "remote.log.manager.copy.quota.window.num": int(11, "Windows kept for that quota.", atLeast(1)),
  "remote.log.manager.copy.quota.window.size.seconds": int(1, "Length of such a window.", atLeast(1)),
  "remote.log.manager.expiration.thread.pool.size": int(
    10,
    "Threads that delete expired segments.",
    atLeast(1),
    "cluster-wide",
  ),
  "remote.log.manager.fetch.max.bytes.per.second": long(
    LONG_MAX,
    "Bytes fetched each second.",
    atLeast(1),
    "cluster-wide",
  ),
  "remote.log.manager.fetch.quota.window.num": int(11, "Windows kept for that quota.", atLeast(1)),
  "remote.log.manager.fetch.quota.window.size.seconds": int(1, "Length of such a window.", atLeast(1)),
  "remote.log.manager.follower.thread.pool.size": int(2, "Threads for followers.", atLeast(1), "cluster-wide"),
  "remote.log.manager.task.interval.ms": long(30_000, "How often segments are looked at.", atLeast(1)),
  "remote.log.manager.task.retry.backoff.max.ms": internal(long(30_000, "Longest wait after a failure.", atLeast(1))),
  "remote.log.manager.task.retry.backoff.ms": internal(long(500, "First wait after a failure.", atLeast(1))),
  "remote.log.manager.task.retry.jitter": internal(double("0.2", "Random share of that wait.", between(0, 0.5))),
  "remote.log.manager.thread.pool.size": int(2, "Threads that work for leaders.", atLeast(1)),
  "remote.log.metadata.custom.metadata.max.bytes": int(128, "Largest note of a plug-in on a segment.", atLeast(0)),
  "remote.log.metadata.manager.class.name": text(
    "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
    "The class that remembers what is remote.",
    nonEmpty,
  ),
  "remote.log.metadata.manager.class.path": text(null, "Where that class is found."),
  "remote.log.metadata.manager.impl.prefix": text("rlmm.config.", "Prefix of that class's own properties.", nonEmpty),
  "remote.log.metadata.manager.listener.name": text(null, "The listener through which it connects.", nonEmpty),
  "remote.log.reader.max.pending.tasks": int(100, "Remote reads that may wait.", atLeast(1)),
  "remote.log.reader.threads": int(10, "Threads that read remote data.", atLeast(1), "cluster-wide"),
  "remote.log.storage.manager.class.name": text(null, "The class that stores segments remotely.", nonEmpty),
  "remote.log.storage.manager.class.path": text(null, "Where that class is found."),
  "remote.log.storage.manager.impl.prefix": text("rsm.config.", "Prefix of that class's own properties.", nonEmpty),
} as const);
