import { errors } from "../../../src/protocol/errors.js";
import { commitOffset } from "../calls.js";
import { commitKey } from "./audit.js";
import { anyLog, mustBeAmong, passing, type Worker, type WorkerOptions } from "./worker.js";

const allowed: readonly number[] = [
  ...passing,
  errors.NOT_COORDINATOR.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
];

/** Commits offsets for a group without members, each time for one partition, never beyond what was answered or seen. */
export class Committer implements Worker {
  readonly groupId: string;
  readonly #options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.groupId = `group of ${options.client.clientId}`;
  }

  async step(): Promise<void> {
    const { client, expected, random } = this.#options;
    const { commits } = expected;
    const log = anyLog(this.#options);
    if (log === null) return;
    const key = commitKey(this.groupId, log.place);
    const commit = commits.committing(key, random.below(log.knownEnd + 1));
    const identity = { groupId: this.groupId, memberId: "", generationId: -1 };
    const committed = { offset: commit.offset, metadata: String(commit.number) };
    const errorCode = await commitOffset(client, identity, log.place, committed);
    if (errorCode === errors.NONE.code) commits.acknowledged(key, commit);
    else mustBeAmong(allowed, errorCode, "a commit");
  }
}
