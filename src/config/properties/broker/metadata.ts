/** Where the cluster's metadata is kept, and when it is written down as a whole. */
import { choice, int, list, long, password, text } from "../definition.js";
import { atLeast, oneOf, plainName, servers } from "../validators.js";

export const metadataProperties = {
  "metadata.log.max.record.bytes.between.snapshots": long(
    20_971_520,
    "Bytes of metadata records after which a snapshot is written.",
    atLeast(1),
  ),
  "metadata.log.max.snapshot.interval.ms": long(
    3_600_000,
    "Longest time without a snapshot; 0 means none.",
    atLeast(0),
  ),
  "samsa.metadata.engine": choice(
    "local",
    "Who keeps the metadata: `local` is a log in the data folder, for one process; with `etcd` the brokers of several " +
      "processes and machines form one cluster.",
    oneOf("local", "etcd"),
  ),
  "samsa.metadata.etcd.endpoints": list(
    "",
    "The members of the etcd cluster, each as host:port. All brokers of a cluster name the same ones.",
    servers,
  ),
  "samsa.metadata.etcd.cluster": text(
    "samsa",
    "The name under which this cluster's keys stand in etcd, so that one etcd serves several clusters.",
    plainName,
  ),
  "samsa.metadata.etcd.start.timeout.ms": int(
    60_000,
    "How long a broker that starts waits for etcd before it gives up.",
    atLeast(0),
  ),
  "samsa.metadata.etcd.username": text(null, "The user of etcd, where etcd asks for one."),
  "samsa.metadata.etcd.password": password("The password of that user."),
  "samsa.metadata.etcd.tls.ca": text(
    null,
    "A file in PEM with the authorities that sign etcd's certificates. When it is set, etcd is spoken to over TLS only.",
  ),
  "samsa.metadata.etcd.tls.cert": text(null, "A file in PEM with this broker's certificate, where etcd asks for one."),
  "samsa.metadata.etcd.tls.key": text(null, "A file in PEM with the key of that certificate."),
} as const;
