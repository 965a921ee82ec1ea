/**
 * `npm run bench:protocol`: decodes and encodes the ten hottest messages with the codecs that are compiled from the
 * declarations and with code written by hand, in turns, and compares the times. The median of all ratios has a limit.
 */
import { isDeepStrictEqual } from "node:util";
import { runBench, wholeNumber } from "../command/run-bench.js";
import { asRatio, median } from "../log/figures.js";
import { compareInTurns } from "./measure.js";
import { type HotMessage, hotMessages } from "./messages.js";
import { inNs, type Line, writeReport } from "./report.js";

const RATIO_MAX = 1.3;
const ROUNDS = 60;

await runBench(
  {
    usage: `npm run bench:protocol [-- --rounds N] [--guard] [--report]
  --rounds N  how often each is measured; ${ROUNDS} if not given
  --guard     for the build, whose machine may be busy: only twice the limit is a failure
  --report    writes docs/generated/protocol-bench.md`,
    options: {
      rounds: { type: "string", default: String(ROUNDS) },
      guard: { type: "boolean", default: false },
      report: { type: "boolean", default: false },
    },
  },
  async ({ values }) => {
    const rounds = wholeNumber("--rounds", values.rounds);
    const differing = hotMessages.filter((message) => !isSame(message));
    for (const { name } of differing) console.error(`${name}: the compiled codec and the one by hand differ.`);
    if (differing.length > 0) return 1;
    const { lines, ratio, summary } = measureAll(rounds);
    if (values.report) writeReport(lines, summary);
    return ratio <= (values.guard ? 2 * RATIO_MAX : RATIO_MAX) ? 0 : 1;
  },
);

/** Both make the same bytes, and the same object of them. */
function isSame({ compiled, byHand }: HotMessage): boolean {
  const bytes = (chunks: readonly Uint8Array[]) => Buffer.concat(chunks);
  return (
    bytes(compiled.encode()).equals(bytes(byHand.encode())) && isDeepStrictEqual(compiled.decode(), byHand.decode())
  );
}

function measureAll(rounds: number) {
  const lines = hotMessages.flatMap((message) => [
    measure(message, "decode", rounds),
    measure(message, "encode", rounds),
  ]);
  const ratio = median(lines.map(({ figures }) => figures.ratio));
  const missed = lines.filter(({ figures }) => figures.ratio > RATIO_MAX).length;
  const summary =
    `median of all ratios ${asRatio(ratio)}, at most ${asRatio(RATIO_MAX)}: ${ratio <= RATIO_MAX ? "holds" : "MISSED"}; ` +
    `${missed} of ${lines.length} are beyond it`;
  console.log(summary);
  return { lines, ratio, summary };
}

function measure({ name, bytes, compiled, byHand }: HotMessage, direction: "decode" | "encode", rounds: number): Line {
  const figures = compareInTurns(compiled[direction], byHand[direction], rounds);
  const { oneNs, otherNs, ratio } = figures;
  const [compiledText, byHandText] = [inNs(oneNs).padStart(9), inNs(otherNs).padStart(9)];
  const what = `${name.padEnd(26)} ${String(bytes).padStart(6)} bytes  ${direction}`;
  console.log(`${what}  compiled ${compiledText}  by hand ${byHandText}  ${asRatio(ratio)}`);
  return { message: name, bytes, direction, figures };
}
