/**
 * `samsa cluster rebalance`: evens out replicas, leaders and bytes with as few moves as possible. Topics of coordinators
 * that were made while there were few brokers get the replicas that they lack.
 */
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { CommandFailure } from "./asking/admin.js";
import {
  type ClusterView,
  isLedByAnother,
  isMoving,
  refuseWithoutController,
  viewCluster,
} from "./asking/cluster-view.js";
import { askInternalWishes } from "./asking/internal-wishes.js";
import { changeTopics, isThrottled, MIN_IN_SYNC, topicSettings } from "./asking/settings.js";
import { type Carrying, electPreferred, takeBack } from "./carry-out.js";
import { endThrottle, moveAll } from "./move-all.js";
import { placePartitions, unfinishedMoves } from "./placed.js";
import { MOVES_NAMED_MAX, planLines } from "./plan-text.js";
import type { Move } from "./planning/placement.js";
import { planRebalance } from "./planning/rebalance.js";
import { counted } from "./text.js";

export interface RebalanceOptions {
  /** The plan is shown, and nothing moves. */
  readonly plan: boolean;
  /** What moves is taken back. */
  readonly cancel: boolean;
  /** Bytes a second that each broker sends and takes; 0: no limit. */
  readonly throttle: number;
}

export async function rebalance(carrying: Carrying, options: RebalanceOptions): Promise<ExitCode> {
  const { admin, output } = carrying;
  const view = await viewCluster(admin);
  refuseWithoutController(view);
  if (options.cancel) return cancel(carrying, view);
  refuseIfAway(view);
  const placed = await placePartitions(admin, view);
  const plan = planRebalance(view.brokers, placed);
  const unfinished = unfinishedMoves(view, placed);
  if (unfinished.length > 0) await output.print(`${counted(unfinished.length, "move")} of before under way.`);
  const namedMax = options.plan ? plan.moves.length : MOVES_NAMED_MAX;
  if (plan.moves.length > 0) for (const line of planLines(plan, namedMax)) await output.print(line);
  const strayed = view.partitions.filter(isLedByAnother);
  const goBack = counted(strayed.length, "partition goes", "partitions go");
  if (strayed.length > 0) await output.print(`${goBack} back to the preferred leader.`);
  else if (plan.moves.length === 0) await output.print("Replicas, leaders and bytes are even.");
  if (options.plan) return exitCodes.ok;
  const moves = [...unfinished, ...plan.moves];
  if (moves.length > 0) {
    const code = await moveAll(carrying, view, moves, options.throttle);
    if (code !== exitCodes.ok) return code;
    await raiseMinInSync(carrying, view, moves);
  } else await endForgottenThrottle(carrying, view);
  await electPreferred(admin, strayed);
  if (moves.length > 0) await output.print(`Done: ${counted(moves.length, "move")}.`);
  return exitCodes.ok;
}

/** Replicas on a broker that is away would look as if it had nothing to do. */
function refuseIfAway({ brokers, partitions }: ClusterView): void {
  const living = new Set(brokers.filter(({ isAlive }) => isAlive).map(({ id }) => id));
  const away = new Set(partitions.flatMap(({ replicas }) => replicas).filter((id) => !living.has(id)));
  for (const { id, isAlive } of brokers) if (!isAlive) away.add(id);
  if (away.size === 0) return;
  const [which, it] =
    away.size === 1 ? [`Broker ${[...away]} is`, "it"] : [`Brokers ${[...away].join(", ")} are`, "them"];
  throw new CommandFailure(`${which} away: start ${it} again, or take ${it} out with \`samsa cluster remove\`.`);
}

async function cancel(carrying: Carrying, view: ClusterView): Promise<ExitCode> {
  const moving = view.partitions.filter(isMoving);
  await takeBack(carrying.admin, moving);
  await endThrottle(carrying, view);
  const what = moving.length === 0 ? "Nothing moves" : `${counted(moving.length, "move")} taken back`;
  await carrying.output.print(`${what}; no throttle is left.`);
  return exitCodes.ok;
}

/** How many must be in sync was set when the topic was made, for the replicas that it had then. */
async function raiseMinInSync({ admin, output }: Carrying, view: ClusterView, moves: readonly Move[]): Promise<void> {
  const grown = new Set(moves.filter(({ from, to }) => to.length > from.length).map(({ topic }) => topic));
  const wishes = [...(await askInternalWishes(admin, view))].filter(([topic]) => grown.has(topic));
  const before = await topicSettings(admin, [...grown], MIN_IN_SYNC);
  const raised = wishes.filter(([topic, { inSync }]) => Number(before.get(topic) ?? inSync) < inSync);
  await changeTopics(admin, new Map(raised.map(([topic, { inSync }]) => [topic, { [MIN_IN_SYNC]: String(inSync) }])));
  for (const [topic, { inSync }] of raised) await output.print(`${topic}: ${MIN_IN_SYNC} is ${inSync} now.`);
}

async function endForgottenThrottle(carrying: Carrying, view: ClusterView): Promise<void> {
  const throttled = await Promise.all(view.brokers.map(({ id }) => isThrottled(carrying.admin, id)));
  if (!throttled.includes(true)) return;
  await endThrottle(carrying, view);
  await carrying.output.print("The throttle of an earlier move is taken away.");
}
