/** Every scenario. A name on the command line picks one. */
import type { Scenario } from "../scenario.js";
import * as apiVersions from "./api-versions.js";
import * as brokerConfigs from "./broker-configs.js";
import * as clientTelemetry from "./client-telemetry.js";
import * as cluster from "./cluster.js";
import * as configs from "./configs.js";
import * as consumerGroups from "./consumer-groups.js";
import * as deletedTopics from "./deleted-topics.js";
import * as everyVersion from "./every-version.js";
import * as fetch from "./fetch.js";
import * as groupAdmin from "./group-admin.js";
import * as groupMigration from "./group-migration.js";
import * as groupMigrationRefused from "./group-migration-refused.js";
import * as groups from "./groups.js";
import * as logDirs from "./log-dirs.js";
import * as metadata from "./metadata.js";
import * as offsetsOfGroups from "./offsets-of-groups.js";
import * as offsetsOfPartitions from "./offsets-of-partitions.js";
import * as otherConfigs from "./other-configs.js";
import * as produce from "./produce.js";
import * as quorum from "./quorum.js";
import * as quotas from "./quotas.js";
import * as rareErrors from "./rare-errors.js";
import * as replicas from "./replicas.js";
import * as security from "./security.js";
import * as staticMembers from "./static-members.js";
import * as topics from "./topics.js";
import * as transactionStates from "./transaction-states.js";
import * as transactionalOffsets from "./transactional-offsets.js";
import * as transactions from "./transactions.js";

const rooms = [
  apiVersions,
  metadata,
  topics,
  configs,
  brokerConfigs,
  otherConfigs,
  produce,
  fetch,
  offsetsOfPartitions,
  clientTelemetry,
  cluster,
  logDirs,
  replicas,
  quorum,
  quotas,
  security,
  groups,
  staticMembers,
  consumerGroups,
  groupMigration,
  groupMigrationRefused,
  offsetsOfGroups,
  groupAdmin,
  transactions,
  transactionStates,
  transactionalOffsets,
  deletedTopics,
  rareErrors,
  everyVersion,
];

export const scenarios: readonly Scenario[] = rooms.flatMap((room) => Object.values(room));
