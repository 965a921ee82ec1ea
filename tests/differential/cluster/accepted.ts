/** Where a cluster of Samsa answers otherwise than one of Apache Kafka, and means to. */
import { errors } from "../../../src/protocol/errors.js";
import type { Accepted } from "../accepted.js";

const { NOT_LEADER_OR_FOLLOWER, OFFSET_OUT_OF_RANGE } = errors;

export const acceptedOfClusters: readonly Accepted[] = [
  {
    scenario: "reassignments-with-another-goal",
    path: "topics[]",
    when: ({ samsa }) => samsa === undefined,
    reason: "a move that is turned back is over; in Apache Kafka it goes on for ever",
  },
  {
    scenario: "fetch-from-non-leaders",
    path: "responses[].partitions[].errorCode",
    when: ({ apache, samsa }) => apache === OFFSET_OUT_OF_RANGE.code && samsa === NOT_LEADER_OR_FOLLOWER.code,
    reason: "who was not sent to a follower and is ahead of it is sent to the leader, lest it begins anew",
  },
  {
    scenario: "quorum-of-clusters",
    path: "topics[].partitions[].observers[]",
    reason: "brokers follow the metadata engine, not the controller's log",
  },
  {
    scenario: "quorum-of-clusters",
    path: "nodes[].listeners[].port",
    reason: "the controller has no listener of its own",
  },
  {
    scenario: "configs-of-other-brokers",
    path: "results[].configs[].synonyms[]",
    when: ({ path }) => path.includes("[name=node.id]"),
    reason: "node.id has a default here, so that one node needs no setting",
  },
];
