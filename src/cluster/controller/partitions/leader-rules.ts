/** Who may lead a partition: by the brokers and folders that work, and by what its topic's configuration says. */
import {
  type BrokerImage,
  configKey,
  configResource,
  type MetadataImage,
  type PartitionImage,
  type TopicImage,
} from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import type { ConfigRules } from "../config-rules.js";
import { isActive } from "../state.js";
import { directoryIds } from "./directory-ids.js";
import { keepsEligible, MIN_IN_SYNC } from "./eligible-replicas.js";
import { type Election, partitionChange, type Wanted } from "./partition-change.js";

const UNCLEAN = "unclean.leader.election.enable";

/** What the election of one decision departs from. */
export interface Occasion {
  /** This broker is about to serve. */
  readonly comes?: number;
  /** This broker is about to stop. */
  readonly goes?: number;
  readonly isPreferred?: boolean;
  /** In place of what the topic's configuration says. */
  readonly isUncleanAllowed?: boolean;
}

/** Made for one decision: what holds for all topics is looked up once. */
export class LeaderRules {
  readonly #image: Pick<MetadataImage, "brokers" | "configs" | "features">;
  readonly #rules: ConfigRules;
  readonly #defaults = new Map<string, string | null>();

  constructor(image: Pick<MetadataImage, "brokers" | "configs" | "features">, rules: ConfigRules) {
    this.#image = image;
    this.#rules = rules;
  }

  /** The record of what becomes of a partition, or none where nothing does. */
  change(topic: TopicImage, partitionId: number, wanted: Wanted, occasion: Occasion = {}): MetadataRecord[] {
    const partition = topic.partitions[partitionId];
    if (partition === undefined) return [];
    const { replicas = partition.replicas, directories = partition.directories } = wanted;
    const placed = { ...partition, replicas, directories };
    const change = partitionChange(partition, wanted, this.#election(topic, placed, occasion));
    return change === null
      ? []
      : [metadataRecord("PartitionChangeRecord", { topicId: topic.id, partitionId, ...change })];
  }

  isUncleanAllowed(topic: TopicImage): boolean {
    return this.#configOf(topic, UNCLEAN) === "true";
  }

  #election(topic: TopicImage, partition: PartitionImage, occasion: Occasion): Election {
    const { comes, goes, isPreferred = false, isUncleanAllowed = this.isUncleanAllowed(topic) } = occasion;
    const { brokers } = this.#image;
    const serves = (replica: number) => replica !== goes && (replica === comes || isActive(brokers.get(replica)));
    return {
      mayLead: (replica) => serves(replica) && liesWell(partition, replica, brokers.get(replica)),
      isPreferred,
      isUncleanAllowed,
      minInSync: keepsEligible(this.#image) ? this.#minInSync(topic, partition) : null,
    };
  }

  /** No more can be in sync than there are. */
  #minInSync(topic: TopicImage, { replicas }: PartitionImage): number {
    return Math.min(Number(this.#configOf(topic, MIN_IN_SYNC) ?? 1), replicas.length);
  }

  #configOf({ name }: TopicImage, property: string): string | null {
    return this.#image.configs.get(configKey(configResource.topic, name))?.get(property) ?? this.#default(property);
  }

  #default(property: string): string | null {
    const known = this.#defaults.get(property);
    if (known !== undefined) return known;
    const forAll = this.#image.configs.get(configKey(configResource.broker, ""))?.get(property);
    const value = forAll ?? this.#rules.defaultOf(configResource.topic, property);
    this.#defaults.set(property, value);
    return value;
  }
}

/** KIP-858: the folder of the replica works, as far as anybody has said where it lies. */
function liesWell(
  { replicas, directories }: PartitionImage,
  replica: number,
  broker: BrokerImage | undefined,
): boolean {
  const directory = directories[replicas.indexOf(replica)] ?? directoryIds.UNASSIGNED;
  if (directory === directoryIds.UNASSIGNED || directory === directoryIds.MIGRATING) return true;
  return directory !== directoryIds.LOST && broker !== undefined && broker.logDirs.includes(directory);
}
