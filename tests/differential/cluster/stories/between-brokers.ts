/** What brokers ask their controller, asked by somebody who is none: refused where clients come in, checked by the controller. */
import { AlterPartition } from "../../../../src/protocol/messages/56-alter-partition.js";
import { Envelope } from "../../../../src/protocol/messages/58-envelope.js";
import { DescribeCluster } from "../../../../src/protocol/messages/60-describe-cluster.js";
import { BrokerRegistration } from "../../../../src/protocol/messages/62-broker-registration.js";
import { BrokerHeartbeat } from "../../../../src/protocol/messages/63-broker-heartbeat.js";
import { AllocateProducerIds } from "../../../../src/protocol/messages/67-allocate-producer-ids.js";
import { AssignReplicasToDirs } from "../../../../src/protocol/messages/73-assign-replicas-to-dirs.js";
import { story } from "../story.js";

const DIRECTORY = "5Puwx3h6QUC-vauhNJuSaQ";
const UNKNOWN_ID = "AAAAAAAAQACAAAAAAAAAAQ";
/** Of no broker at no time. */
const WRONG_EPOCH = 987_654;

const registration = {
  brokerId: 2,
  clusterId: "another-cluster",
  incarnationId: UNKNOWN_ID,
  listeners: [{ name: "PLAINTEXT", host: "127.0.0.1", port: 9092, securityProtocol: 0 }],
  features: [{ name: "metadata.version", minSupportedVersion: 7, maxSupportedVersion: 30 }],
  rack: null,
  logDirs: [DIRECTORY],
} as const;

function heartbeat(brokerId: number) {
  return { brokerId, brokerEpoch: WRONG_EPOCH, currentMetadataOffset: 1, wantFence: false, wantShutDown: false };
}

function proposal(topicId: string, brokerId: number) {
  const partition = { partitionIndex: 0, leaderEpoch: 0, partitionEpoch: 0 };
  const newIsrWithEpochs = [{ brokerId, brokerEpoch: WRONG_EPOCH }];
  return {
    brokerId,
    brokerEpoch: WRONG_EPOCH,
    topics: [{ topicId, partitions: [{ ...partition, newIsrWithEpochs }] }],
  };
}

const envelope = {
  requestData: Buffer.from("no request"),
  requestPrincipal: Buffer.from("nobody"),
  clientHostAddress: Buffer.from([127, 0, 0, 1]),
};

function placed(brokerId: number) {
  const topics = [{ topicId: UNKNOWN_ID, partitions: [{ partitionIndex: 0 }] }];
  return { brokerId, brokerEpoch: WRONG_EPOCH, directories: [{ id: DIRECTORY, topics }] };
}

export const betweenBrokersRefusedToClients = story("between-brokers-refused-to-clients", async (cluster) => {
  for (const whom of [1, 2]) {
    await cluster.ask(whom, AlterPartition, 3, proposal(UNKNOWN_ID, 1));
    await cluster.ask(whom, Envelope, 0, envelope);
    await cluster.ask(whom, BrokerRegistration, 4, registration);
    await cluster.ask(whom, BrokerHeartbeat, 1, heartbeat(2));
    await cluster.ask(whom, AllocateProducerIds, 0, { brokerId: 2, brokerEpoch: WRONG_EPOCH });
    await cluster.ask(whom, AssignReplicasToDirs, 0, placed(2));
  }
});

export const epochsTheControllerChecks = story("epochs-the-controller-checks", async (cluster) => {
  const topicId = await cluster.topic("proposed", [[1, 2]]);
  for (const brokerId of [2, 9, -1]) {
    for (const version of [0, 1]) await cluster.ask("controller", BrokerHeartbeat, version, heartbeat(brokerId));
    await cluster.ask("controller", AllocateProducerIds, 0, { brokerId, brokerEpoch: WRONG_EPOCH });
    await cluster.ask("controller", AlterPartition, 3, proposal(topicId, brokerId));
    await cluster.ask("controller", AlterPartition, 3, proposal(UNKNOWN_ID, brokerId));
    const old = { partitionIndex: 0, leaderEpoch: 0, partitionEpoch: 0, newIsr: [1] };
    const topics = [{ topicId, partitions: [old] }];
    await cluster.ask("controller", AlterPartition, 2, { brokerId, brokerEpoch: WRONG_EPOCH, topics });
    await cluster.ask("controller", AssignReplicasToDirs, 0, placed(brokerId));
  }
  for (const version of [0, 1, 2, 3, 4]) {
    await cluster.ask("controller", BrokerRegistration, version, registration);
  }
  // The broker that has the id is there.
  const { clusterId } = await cluster.silently(
    1,
    DescribeCluster,
    0,
    { includeClusterAuthorizedOperations: false },
    () => true,
  );
  const imposter = { ...registration, clusterId };
  await cluster.ask("controller", BrokerRegistration, 4, imposter);
  await cluster.ask("controller", BrokerRegistration, 4, { ...imposter, brokerId: 9, features: [] });
  await cluster.ask("controller", BrokerRegistration, 4, { ...imposter, brokerId: 9, logDirs: [DIRECTORY, DIRECTORY] });
  await cluster.ask("controller", Envelope, 0, envelope);
});
