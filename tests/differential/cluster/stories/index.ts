/** Every story. A name on the command line picks one. */
import type { Story } from "../story.js";
import * as betweenBrokers from "./between-brokers.js";
import * as configsOfBrokers from "./configs-of-brokers.js";
import * as coordinators from "./coordinators.js";
import * as creatingTopics from "./creating-topics.js";
import * as elections from "./elections.js";
import * as quorumAndBrokers from "./quorum-and-brokers.js";
import * as reassignments from "./reassignments.js";
import * as stoppedBrokers from "./stopped-brokers.js";
import * as wrongBrokers from "./wrong-brokers.js";

const rooms = [
  creatingTopics,
  reassignments,
  elections,
  stoppedBrokers,
  wrongBrokers,
  coordinators,
  configsOfBrokers,
  betweenBrokers,
  quorumAndBrokers,
];

export const stories: readonly Story[] = rooms.flatMap((room) => Object.values(room));
