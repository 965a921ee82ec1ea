/** A plan as people read it. */
import { partitionName } from "./asking/cluster-view.js";
import { type BrokerLoad, bytesToCopy, type Move, type Plan } from "./planning/placement.js";
import { bytesText, counted, firstOf, table } from "./text.js";

/** Longer lists are cut when the plan is carried out at once. */
export const MOVES_NAMED_MAX = 20;

export function* planLines({ moves, before, after }: Plan, namedMax: number): Generator<string> {
  const copies = moves.reduce((sum, { adds }) => sum + adds.length, 0);
  const leaders = moves.filter(({ from, to }) => from[0] !== to[0]).length;
  const copied = `${counted(copies, "replica")} to copy (${bytesText(bytesToCopy(moves))})`;
  yield `${counted(moves.length, "move")}: ${copied}, ${counted(leaders, "new preferred leader")}`;
  yield "";
  const rows = [...after].map(([id, load]) => row(id, before.get(id) ?? load, load));
  yield* table([["BROKER", "REPLICAS", "LEADERS", "BYTES"], ...rows]);
  yield "";
  yield* firstOf(moves.map(moveLine), namedMax);
}

function row(id: number, before: BrokerLoad, after: BrokerLoad): readonly string[] {
  const change = (of: (load: BrokerLoad) => number | string) =>
    of(before) === of(after) ? `${of(after)}` : `${of(before)} → ${of(after)}`;
  return [
    `${id}`,
    change((load) => load.replicas),
    change((load) => load.leaders),
    change((load) => bytesText(load.bytes)),
  ];
}

function moveLine(move: Move): string {
  const size = move.adds.length === 0 ? "only the order" : bytesText(move.adds.length * move.bytes);
  return `  ${partitionName(move)}: ${move.from.join(",")} → ${move.to.join(",")} (${size})`;
}
