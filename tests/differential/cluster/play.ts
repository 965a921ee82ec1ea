/** Plays stories on one cluster. Each runs up to the turn that it waits for; then comes the turn, once for all of them. */
import type { Recording } from "../recording.js";
import { RecordingClusterSession } from "./recording-cluster-session.js";
import { type Story, type Turn, turns } from "./story.js";
import type { ComparedCluster } from "./target-clusters.js";
import { Turns } from "./turns.js";

/** The recordings stand in the order of the stories. */
export async function play(stories: readonly Story[], cluster: ComparedCluster): Promise<readonly Recording[]> {
  const happenings = new Turns(cluster);
  await happenings.prepare();
  const running = stories.map((story) => new RunningStory(story, happenings));
  for (const story of running) await story.goOn();
  for (const turn of turns) {
    if (running.every(({ waitsFor }) => waitsFor === null)) break;
    await happenings.take(turn);
    for (const story of running) if (story.waitsFor === turn) await story.goOn();
  }
  return running.map((story) => story.recording);
}

class RunningStory {
  waitsFor: Turn | null = null;
  readonly #session: RecordingClusterSession;
  readonly #ended: Promise<void>;
  #endedBy: string | null = null;
  #goOn: () => void = () => {};
  #paused: () => void = () => {};

  constructor(story: Story, happenings: Turns) {
    const turn = (next: Turn) =>
      new Promise<void>((resolve) => {
        this.waitsFor = next;
        this.#goOn = resolve;
        this.#paused();
      });
    this.#session = new RecordingClusterSession(happenings, turn);
    const begun = new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
    this.#ended = begun
      .then(() => story.run(this.#session))
      .catch((error: unknown) => {
        this.#endedBy = error instanceof Error ? error.message : String(error);
      })
      .finally(() => this.#session.close());
  }

  get recording(): Recording {
    return { exchanges: this.#session.exchanges, endedBy: this.#endedBy };
  }

  /** Until it waits for the next turn, or has ended. */
  goOn(): Promise<void> {
    this.waitsFor = null;
    const paused = new Promise<void>((resolve) => {
      this.#paused = resolve;
    });
    this.#goOn();
    return Promise.race([paused, this.#ended]);
  }
}
