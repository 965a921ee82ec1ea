/** `samsa log dump FILE|DIR`: the batches and records in the files of a log, as text or as JSON lines. */
import { FileError, type Files } from "../../lib/environment.js";
import { unreachable } from "../../lib/invariant.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import type { Output } from "../output.js";
import { textOf } from "./dump-text.js";
import { findTarget, type LogFile, logFile, segmentsIn } from "./log-target.js";
import { rowsOf } from "./read-rows.js";

export interface DumpOptions {
  readonly json: boolean;
  readonly records: boolean;
}

export async function dumpLog(files: Files, path: string, options: DumpOptions, output: Output): Promise<ExitCode> {
  try {
    const logFiles = filesToDump(files, path);
    if ("problem" in logFiles) {
      output.complain(logFiles.problem);
      return exitCodes.usage;
    }
    let isSound = true;
    for (const one of logFiles) isSound = (await dumpFile(files, one, options, output)) && isSound;
    return isSound ? exitCodes.ok : exitCodes.failure;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    output.complain(error.message);
    return exitCodes.failure;
  }
}

/** Of folders the segments; the other files of a log are dumped when they are named. */
function filesToDump(files: Files, path: string): readonly LogFile[] | { readonly problem: string } {
  const target = findTarget(files, path);
  switch (target.kind) {
    case "problem":
      return target;
    case "folders":
      return target.logs.flatMap((folder) => segmentsIn(files, folder));
    case "file": {
      const file = logFile(path);
      const known = ".log, .index, .timeindex, .txnindex, .snapshot, .checkpoint or leader-epoch-checkpoint";
      return file === null ? { problem: `${path} is no file of a log: its name would end with ${known}.` } : [file];
    }
    default:
      return unreachable(target);
  }
}

/** False: there is damage in it. */
async function dumpFile(files: Files, file: LogFile, options: DumpOptions, output: Output): Promise<boolean> {
  if (!options.json) await output.print(`Dumping ${file.path}`);
  let isSound = true;
  for (const row of rowsOf(files, file, options.records)) {
    if (row.type === "damage" || (row.type === "batch" && !row.isValid)) isSound = false;
    await output.print(options.json ? JSON.stringify(row) : textOf(row));
  }
  return isSound;
}
