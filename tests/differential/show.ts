/** Shows differences, both answers one below the other, under the request that they answer. */
import type { Difference } from "./compare.js";
import type { NormalisedRecording } from "./normalise.js";

export function showSideBySide(
  differences: readonly Difference[],
  recording: NormalisedRecording,
  names: readonly [one: string, other: string],
): void {
  let shown = -2;
  for (const { exchange, title, path, apache, samsa } of differences) {
    if (exchange !== shown) {
      console.log(`    ${exchange + 1}. ${title}  ${JSON.stringify(recording.exchanges[exchange]?.request ?? null)}`);
    }
    shown = exchange;
    console.log(`       ${path || "the answer"}`);
    console.log(`         ${names[0]}  ${JSON.stringify(apache)}`);
    console.log(`         ${names[1]}  ${JSON.stringify(samsa)}`);
  }
}
