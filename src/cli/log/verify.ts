/** `samsa log verify DIR`: whether the files of a log, or of all logs in a data folder, are sound. Nothing is written. */
import { FileError, type Files } from "../../lib/environment.js";
import { Findings } from "../../storage/inspection/findings.js";
import { verifyLog } from "../../storage/inspection/verify-log.js";
import type { Totals } from "../../storage/inspection/verify-segment.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import type { Output } from "../output.js";
import { sentenceOf } from "./finding-text.js";
import { findTarget } from "./log-target.js";

/** Who has locked a data folder, as far as the system tells; null if nobody has. */
export type HolderOf = (dataFolder: string) => string | null;

const CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

export async function verifyLogs(files: Files, path: string, holderOf: HolderOf, output: Output): Promise<ExitCode> {
  try {
    const target = findTarget(files, path);
    if (target.kind !== "folders") {
      output.complain(target.kind === "file" ? `${path} is a file; verify takes a folder.` : target.problem);
      return exitCodes.usage;
    }
    const warnings = target.dataFolders.map((folder) => warningOfUse(files, folder, holderOf));
    const warning = warnings.find((one) => one !== null) ?? null;
    if (warning !== null) output.complain(warning);
    return await verifyFolders(files, target.logs, output);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    output.complain(error.message);
    return exitCodes.failure;
  }
}

async function verifyFolders(files: Files, logs: readonly string[], output: Output): Promise<ExitCode> {
  const totals: Totals = { segments: 0, batches: 0, records: 0, bytes: 0 };
  const lines: string[] = [];
  const findings = new Findings((finding) =>
    lines.push(sentenceOf(finding.severity === "damage" ? "DAMAGE" : "remark", finding)),
  );
  for (const folder of logs) {
    verifyLog(files, folder, findings, totals);
    for (const line of lines.splice(0)) await output.print(line);
  }
  await output.print(summary(logs.length, totals, findings.damages));
  return findings.damages === 0 ? exitCodes.ok : exitCodes.failure;
}

function summary(logs: number, { segments, batches, records, bytes }: Totals, damages: number): string {
  const seen = `${logs} logs, ${segments} segments, ${batches} batches, ${records} records, ${bytes} bytes`;
  return damages === 0 ? `Sound: ${seen}; no damage.` : `Damaged: ${seen}; ${damages} damage.`;
}

function warningOfUse(files: Files, dataFolder: string, holderOf: HolderOf): string | null {
  const holder = holderOf(dataFolder);
  if (holder !== null) {
    const advice = "What it is writing just now may look damaged.";
    return `The data folder ${dataFolder} is in use by ${holder}. ${advice}`;
  }
  if (files.stat(`${dataFolder}/${CLEAN_SHUTDOWN}`) !== null) return null;
  const meaning = "A start after a crash checks the logs, cuts off torn ends and makes the indexes anew.";
  return `The last broker did not close the data folder ${dataFolder}, or still uses it. ${meaning}`;
}
