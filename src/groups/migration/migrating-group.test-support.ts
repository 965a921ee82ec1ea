/** A group that migrates: classic consumers and those of the consumer protocol, and the topics `t` and `u` that they read. */
import { TestWorld } from "../consumer-member.test-support.js";
import type { GroupConfig, MigrationPolicy } from "../group-config.js";
import { ClassicClient, type ClassicClientOptions } from "./classic-client.test-support.js";

const topics = { t: 4, u: 2 };

export class MigratingGroup extends TestWorld {
  constructor(migrationPolicy: MigrationPolicy = "bidirectional", config: Partial<GroupConfig["consumer"]> = {}) {
    const settings = { sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5_000, assignmentIntervalMs: 0 };
    super({
      groupMaxSize: 3,
      consumer: {
        migrationPolicy,
        assignors: ["uniform"],
        groupMaxSize: 5,
        settingsOf: () => settings,
        ...config,
      },
    });
  }

  classic(clientId: string, options: Partial<ClassicClientOptions> = {}): ClassicClient {
    return new ClassicClient(this.shard, topics, { clientId, ...options });
  }

  /** A stable classic group of these. */
  classicGroup(...members: readonly ClassicClient[]): void {
    for (let round = 0; round < 8; round++) this.round(...members);
  }

  round(...members: readonly ClassicClient[]): void {
    for (const member of members) member.behave();
    this.shard.settle();
  }

  listed(): string | undefined {
    const [group] = this.shard.call("listGroups", { statesFilter: [], typesFilter: [] }).reply ?? [];
    return group === undefined ? undefined : `${group.groupType} ${group.groupState}`;
  }
}
