/** Which node this is, where it keeps its data, and the roles that compose files for Apache Kafka give it. */
import { boolean, insteadOf, int, list, long, text, withoutEffect } from "../definition.js";
import { anyItems, atLeast, servers, someItems, someWordsOf, voters } from "../validators.js";

export const nodeProperties = {
  "node.id": insteadOf(null, int(1, "The number of this node, unique in its cluster.", atLeast(0))),
  "broker.id": int(-1, "The older name of `node.id`. When both are set they must be equal; -1 means not set."),
  "broker.heartbeat.interval.ms": int(2000, "How often a broker tells the controller that it lives."),
  "broker.session.timeout.ms": int(9000, "Time without a heartbeat before a broker is fenced."),
  "initial.broker.registration.timeout.ms": int(60_000, "How long a broker waits to be registered."),
  "auto.leader.rebalance.enable": boolean(true, "Whether leadership returns to preferred replicas by itself."),
  "leader.imbalance.check.interval.seconds": long(300, "How often that is looked at.", atLeast(1)),
  "broker.rack": text(null, "The rack or zone of this broker, told to clients and used to spread replicas."),
  "process.roles": insteadOf(
    null,
    list(
      "broker,controller",
      "What the node does. One Samsa process is always broker and controller, so `controller` alone is refused.",
      someWordsOf("broker", "controller"),
    ),
  ),
  "log.dir": insteadOf(
    "/tmp/kafka-logs",
    list("./samsa-data", "The folder that holds all data, where `log.dirs` is not set.", someItems),
  ),
  "log.dirs": list(null, "The folders that hold the data, parted by commas, one per disk.", someItems),
  "metadata.log.dir": text(null, "The folder of the metadata log; otherwise the first of `log.dirs`."),
} as const;

export const nodePropertiesWithoutEffect = withoutEffect("the controller lives in the same process", {
  "controller.quorum.voters": list("", "The controllers of a Kafka cluster, each as id@host:port.", voters),
  "controller.quorum.bootstrap.servers": list("", "Where a Kafka node finds its controllers, as host:port.", servers),
  "controller.quorum.auto.join.enable": boolean(false, "Whether a new controller joins the quorum by itself."),
  "controller.quorum.election.timeout.ms": int(1000, "Time without a leader before an election.", atLeast(0)),
  "controller.quorum.election.backoff.max.ms": int(1000, "Longest wait between two elections.", atLeast(0)),
  "controller.quorum.fetch.timeout.ms": int(2000, "Time without a fetch before a leader is given up.", atLeast(0)),
  "controller.quorum.fetch.max.bytes": int(1_048_576, "Most bytes of one fetch of the metadata log.", atLeast(1)),
  "controller.quorum.fetch.snapshot.max.bytes": int(1_048_576, "Most bytes of one snapshot fetch.", atLeast(1)),
  "controller.quorum.append.linger.ms": int(25, "How long the leader gathers writes before a flush.", atLeast(0)),
  "controller.quorum.request.timeout.ms": int(2000, "How long a request of the quorum may take.", atLeast(0)),
  "controller.quorum.retry.backoff.ms": int(20, "Wait before a failed quorum request is sent again.", atLeast(0)),
  "controller.quota.window.num": int(11, "Windows kept for the quota on changes of topics.", atLeast(1)),
  "controller.quota.window.size.seconds": int(1, "Length of such a window.", atLeast(1)),
  "controller.socket.timeout.ms": int(30_000, "How long a request between broker and controller may take."),
  "controlled.shutdown.enable": boolean(true, "Whether a stopping broker hands its leaderships over first."),
  "metadata.log.segment.ms": long(604_800_000, "Age at which a segment of the metadata log is closed."),
  "metadata.max.idle.interval.ms": int(500, "How often an idle controller writes a no-op record.", atLeast(0)),
  "metadata.max.retention.ms": long(604_800_000, "Age at which metadata segments and snapshots are deleted."),
  "background.threads": int(10, "Threads for work in the background.", atLeast(1), "cluster-wide"),
  "cordoned.log.dirs": list("", "Folders that take no new partitions.", anyItems, "per-broker"),
  "early.start.listeners": list(null, "Listeners that open before the broker has caught up.", anyItems),
} as const);

export const metadataLogProperties = withoutEffect("the metadata log takes its limits from the controller's own", {
  "metadata.log.segment.bytes": int(1_073_741_824, "Largest segment of the metadata log.", atLeast(8_388_608)),
  "metadata.max.retention.bytes": long(104_857_600, "Bytes of metadata log and snapshots that are kept."),
} as const);
