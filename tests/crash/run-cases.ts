/** The process that `run.ts` starts: it is sent seeds and answers with what became of each. */
import { crashCase } from "./crash-case.js";

export interface CaseReport {
  readonly crashPoints: number;
  readonly failure: string | null;
}

process.on("message", (seed: number) => void report(seed).then((found) => process.send?.(found)));

async function report(seed: number): Promise<CaseReport> {
  try {
    return { ...(await crashCase(seed)), failure: null };
  } catch (failure) {
    return { crashPoints: 1, failure: failure instanceof Error ? failure.message : String(failure) };
  }
}
