/** Every API that Samsa has declared, by rising key. Which of them are served is the server's word. */
import type { Api } from "../schema/message.js";
import { Produce } from "./00-produce.js";
import { Fetch } from "./01-fetch.js";
import { ListOffsets } from "./02-list-offsets.js";
import { Metadata } from "./03-metadata.js";
import { OffsetCommit } from "./08-offset-commit.js";
import { OffsetFetch } from "./09-offset-fetch.js";
import { FindCoordinator } from "./10-find-coordinator.js";
import { JoinGroup } from "./11-join-group.js";
import { Heartbeat } from "./12-heartbeat.js";
import { LeaveGroup } from "./13-leave-group.js";
import { SyncGroup } from "./14-sync-group.js";
import { DescribeGroups } from "./15-describe-groups.js";
import { ListGroups } from "./16-list-groups.js";
import { SaslHandshake } from "./17-sasl-handshake.js";
import { ApiVersions } from "./18-api-versions.js";
import { CreateTopics } from "./19-create-topics.js";
import { DeleteTopics } from "./20-delete-topics.js";
import { DeleteRecords } from "./21-delete-records.js";
import { InitProducerId } from "./22-init-producer-id.js";
import { OffsetForLeaderEpoch } from "./23-offset-for-leader-epoch.js";
import { DescribeConfigs } from "./32-describe-configs.js";
import { AlterConfigs } from "./33-alter-configs.js";
import { DescribeLogDirs } from "./35-describe-log-dirs.js";
import { CreatePartitions } from "./37-create-partitions.js";
import { DeleteGroups } from "./42-delete-groups.js";
import { IncrementalAlterConfigs } from "./44-incremental-alter-configs.js";
import { OffsetDelete } from "./47-offset-delete.js";
import { DescribeCluster } from "./60-describe-cluster.js";
import { BrokerRegistration } from "./62-broker-registration.js";
import { BrokerHeartbeat } from "./63-broker-heartbeat.js";
import { AllocateProducerIds } from "./67-allocate-producer-ids.js";
import { ConsumerGroupHeartbeat } from "./68-consumer-group-heartbeat.js";
import { ConsumerGroupDescribe } from "./69-consumer-group-describe.js";
import { DescribeTopicPartitions } from "./75-describe-topic-partitions.js";

export const apis: readonly Api[] = [
  Produce,
  Fetch,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
  FindCoordinator,
  JoinGroup,
  Heartbeat,
  LeaveGroup,
  SyncGroup,
  DescribeGroups,
  ListGroups,
  SaslHandshake,
  ApiVersions,
  CreateTopics,
  DeleteTopics,
  DeleteRecords,
  InitProducerId,
  OffsetForLeaderEpoch,
  DescribeConfigs,
  AlterConfigs,
  DescribeLogDirs,
  CreatePartitions,
  DeleteGroups,
  IncrementalAlterConfigs,
  OffsetDelete,
  DescribeCluster,
  BrokerRegistration,
  BrokerHeartbeat,
  AllocateProducerIds,
  ConsumerGroupHeartbeat,
  ConsumerGroupDescribe,
  DescribeTopicPartitions,
];

export const apiByKey: ReadonlyMap<number, Api> = new Map(apis.map((api) => [api.key, api]));
