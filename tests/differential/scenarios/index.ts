/** Every scenario. A name on the command line picks one. */
import type { Scenario } from "../scenario.js";
import * as apiVersions from "./api-versions.js";
import * as cluster from "./cluster.js";
import * as configs from "./configs.js";
import * as fetch from "./fetch.js";
import * as groupAdmin from "./group-admin.js";
import * as groups from "./groups.js";
import * as metadata from "./metadata.js";
import * as offsetsOfGroups from "./offsets-of-groups.js";
import * as offsetsOfPartitions from "./offsets-of-partitions.js";
import * as produce from "./produce.js";
import * as staticMembers from "./static-members.js";
import * as topics from "./topics.js";

const rooms = [
  apiVersions,
  metadata,
  topics,
  configs,
  produce,
  fetch,
  offsetsOfPartitions,
  cluster,
  groups,
  staticMembers,
  offsetsOfGroups,
  groupAdmin,
];

export const scenarios: readonly Scenario[] = rooms.flatMap((room) => Object.values(room));
