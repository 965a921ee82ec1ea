/** What a compaction works with. */
import type { Environment } from "../../lib/environment.js";
import type { Pacer } from "./pacer.js";

export interface CompactionTools {
  readonly environment: Pick<Environment, "clock" | "offload" | "random">;
  readonly pacer: Pacer;
  /** Read at once. */
  readonly chunkBytes: number;
  readonly keyMapBytesMax: number;
  readonly keyMapLoadFactor: number;
  /** What becomes of the files that are no longer needed. */
  readonly removeLater: (paths: readonly string[], delayMs: number) => void;
  readonly isStopped: () => boolean;
}
