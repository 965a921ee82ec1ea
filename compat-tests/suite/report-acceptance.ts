/** The section of REPORT.md that tells of the acceptance cases: bugs of other brokers, and whether these two have them. */
import type { AcceptanceCase } from "../acceptance/case.js";
import type { Cell } from "./results.js";

/** The folder of the client whose scenarios they are. */
export const acceptanceFolder = "acceptance";

interface BothCells {
  readonly samsa: readonly Cell[];
  readonly apache: readonly Cell[];
}

export function acceptanceSection(cases: readonly AcceptanceCase[], { samsa, apache }: BothCells): string[] {
  const own = (cells: readonly Cell[]) => cells.filter(({ client }) => client === acceptanceFolder);
  const [one, other] = [own(samsa), own(apache)];
  const messages = [["Samsa", one] as const, ["Apache Kafka", other] as const].flatMap(([broker, cells]) =>
    cells
      .filter(({ outcome }) => outcome === "failed")
      .map(({ scenario, message }) => `- ${scenario}, with ${broker}: \`${message.replaceAll("`", "'")}\``),
  );
  return [
    "## Bugs of other brokers, and of clients that met them",
    "",
    "Each case does what the users in the thread did (`compat-tests/acceptance`).",
    "",
    "| case | promise | Samsa | Apache Kafka |",
    "|---|---|---|---|",
    ...cases.map(
      ({ id, origin, title }) => `| [${id}](${origin}) | ${title} | ${wordOf(one, id)} | ${wordOf(other, id)} |`,
    ),
    ...(messages.length === 0 ? [] : ["", ...messages]),
  ];
}

function wordOf(cells: readonly Cell[], id: string): string {
  const outcome = cells.find(({ scenario }) => scenario === id)?.outcome;
  if (outcome === "passed") return "yes";
  return outcome === "failed" ? "**failed**" : (outcome ?? "not run");
}
