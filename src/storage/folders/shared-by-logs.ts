/** What the logs of all data folders share. */
import type { Environment, FileError } from "../../lib/environment.js";
import type { ReusedBuffers } from "../../lib/reused-buffers.js";
import type { PartitionLog } from "../partition-log.js";
import type { WarmPieces } from "../reads/warm-pieces.js";
import type { OpenFiles } from "./open-files.js";

export interface SharedByLogs {
  readonly environment: Pick<Environment, "clock" | "files" | "offload" | "random">;
  /** For the logs: what they leave open is limited. */
  readonly files: OpenFiles;
  readonly buffers: ReusedBuffers;
  readonly warm: WarmPieces;
  /** A log is offline for a reason that nobody has told of: it went while nobody used it. */
  readonly onFailedLog: (log: PartitionLog, failure: FileError) => void;
}
