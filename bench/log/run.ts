/** `npm run bench:log`: the figures that the log has set itself, measured on this machine. */
import { Refusal, runBench } from "../command/run-bench.js";
import { loadOfLastMinute } from "../report/page.js";
import { access } from "./access.js";
import { append } from "./append.js";
import { cold } from "./cold.js";
import { compaction } from "./compaction.js";
import { whyNoRoom } from "./disk.js";
import { verdictOf } from "./figures.js";
import type { Part } from "./part.js";
import { partitions } from "./partitions.js";
import { type PartResult, writeReport } from "./report.js";

const parts: readonly Part[] = [append, access, partitions, compaction, cold];

const names = parts.map(({ name }) => name);

await runBench(
  {
    usage: `npm run bench:log [-- PART…] [--quick] [--report]
  PART      ${names.join(", ")}; all of them when none is named
  --quick   a tenth of the data, to see that it works: the verdicts count for nothing
  --report  writes docs/generated/log-bench.md`,
    options: { quick: { type: "boolean", default: false }, report: { type: "boolean", default: false } },
    names,
  },
  async ({ values, isChosen }) => {
    const chosen = parts.filter(isChosen);
    const noRoom = whyNoRoom(Math.max(...chosen.map((part) => part.diskBytes(values.quick))));
    if (noRoom !== null) throw new Refusal(noRoom);
    const results: PartResult[] = [];
    for (const part of chosen) results.push(await runPart(part, values.quick));
    if (values.report) writeReport(results, values.quick);
    return results.every(({ figures }) => figures.every(({ holds }) => holds)) ? 0 : 1;
  },
);

/** The load of the machine is told, as it was before and after: on a busy one the figures say less. */
async function runPart(part: Part, isQuick: boolean): Promise<PartResult> {
  console.log(`\n${part.title}${isQuick ? " (quick)" : ""}`);
  const loadBefore = loadOfLastMinute();
  const figures = await part.run(isQuick);
  const result = { title: part.title, figures, loadBefore, loadAfter: loadOfLastMinute() };
  const width = Math.max(...figures.map(({ what }) => what.length));
  for (const figure of figures) {
    const limit = figure.limit === null ? "" : `${figure.limit}: ${verdictOf(figure)}`;
    console.log(`  ${figure.what.padEnd(width)}  ${figure.measured.padStart(14)}  ${limit}`);
  }
  return result;
}
