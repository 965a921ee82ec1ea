/** How topics come into being, and what they need to be written. */
import { boolean, int, javaClass, refused } from "../definition.js";
import { atLeast } from "../validators.js";

export const topicRuleProperties = {
  "auto.create.topics.enable": boolean(true, "Whether a topic is created when a client first asks for it."),
  "delete.topic.enable": boolean(true, "Whether topics can be deleted."),
  "num.partitions": int(1, "Partitions of a topic that is created without a count.", atLeast(1)),
  "default.replication.factor": int(1, "Replicas of a topic that is created without a count."),
  "min.insync.replicas": int(1, "Replicas that must hold a write with acks=all.", atLeast(1), "cluster-wide"),
  "unclean.leader.election.enable": boolean(
    false,
    "Whether a replica that lags may lead when no other is left: records may be lost.",
    "cluster-wide",
  ),
} as const;

export const policyProperties = refused("Java classes cannot be loaded, and without the policy more would be allowed", {
  "create.topic.policy.class.name": javaClass(null, "A class that may refuse new topics."),
  "alter.config.policy.class.name": javaClass(null, "A class that may refuse changes of configuration."),
} as const);
