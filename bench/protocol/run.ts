/**
 * `npm run bench:protocol [-- ROUNDS] [--guard] [--report]`: decodes and encodes the ten hottest messages with the codecs
 * that are compiled from the declarations and with code written by hand, in turns, and compares the times. The median of
 * all ratios has a limit. `--guard` is for the build, whose machine may be busy: only twice the limit is a failure.
 */
import { isDeepStrictEqual } from "node:util";
import { asRatio, median } from "../log/figures.js";
import { compareInTurns } from "./measure.js";
import { type HotMessage, hotMessages } from "./messages.js";
import { inNs, type Line, writeReport } from "./report.js";

const RATIO_MAX = 1.3;
const ROUNDS = 60;

const words = process.argv.slice(2);
const rounds = Number(words.find((word) => !word.startsWith("--")) ?? ROUNDS);
const differing = hotMessages.filter((message) => !isSame(message));
for (const { name } of differing) console.error(`${name}: the compiled codec and the one by hand differ.`);
process.exitCode = differing.length > 0 ? 2 : measureAll();

/** Both make the same bytes, and the same object of them. */
function isSame({ compiled, byHand }: HotMessage): boolean {
  const bytes = (chunks: readonly Uint8Array[]) => Buffer.concat(chunks);
  return (
    bytes(compiled.encode()).equals(bytes(byHand.encode())) && isDeepStrictEqual(compiled.decode(), byHand.decode())
  );
}

function measureAll(): number {
  const lines = hotMessages.flatMap((message) => [measure(message, "decode"), measure(message, "encode")]);
  const ratio = median(lines.map(({ figures }) => figures.ratio));
  const missed = lines.filter(({ figures }) => figures.ratio > RATIO_MAX).length;
  const holds = ratio <= RATIO_MAX;
  const summary =
    `median of all ratios ${asRatio(ratio)}, at most ${asRatio(RATIO_MAX)}: ${holds ? "holds" : "MISSED"}; ` +
    `${missed} of ${lines.length} are beyond it`;
  console.log(summary);
  if (words.includes("--report")) writeReport(lines, summary);
  return holds || (words.includes("--guard") && ratio <= 2 * RATIO_MAX) ? 0 : 1;
}

function measure({ name, bytes, compiled, byHand }: HotMessage, direction: "decode" | "encode"): Line {
  const figures = compareInTurns(compiled[direction], byHand[direction], rounds);
  const { oneNs, otherNs, ratio } = figures;
  const [compiledText, byHandText] = [inNs(oneNs).padStart(9), inNs(otherNs).padStart(9)];
  const what = `${name.padEnd(26)} ${String(bytes).padStart(6)} bytes  ${direction}`;
  console.log(`${what}  compiled ${compiledText}  by hand ${byHandText}  ${asRatio(ratio)}`);
  return { message: name, bytes, direction, figures };
}
