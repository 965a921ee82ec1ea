/** The commands `samsa log …` on the real disk and the real terminal. They are loaded only when they are called. */
import { NodeFiles } from "../../environments/node/node-files.js";
import type { ExitCode } from "../exit-codes.js";
import { ProcessOutput } from "../process-output.js";
import { type DumpOptions, dumpLog } from "./dump.js";
import { holderOfFolder } from "./lock-holder.js";
import { verifyLogs } from "./verify.js";

export async function runDump(path: string, options: DumpOptions): Promise<ExitCode> {
  const output = new ProcessOutput();
  const code = await dumpLog(new NodeFiles(), path, options, output);
  await output.flush();
  return code;
}

export async function runVerify(path: string): Promise<ExitCode> {
  const output = new ProcessOutput();
  const code = await verifyLogs(new NodeFiles(), path, holderOfFolder, output);
  await output.flush();
  return code;
}
