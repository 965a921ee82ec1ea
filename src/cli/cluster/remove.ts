/** `samsa cluster remove N`: moves everything off a broker, and forgets it once it has stopped. */
import { errors } from "../../protocol/errors.js";
import { UnregisterBroker } from "../../protocol/messages/64-unregister-broker.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { CommandFailure, refusal } from "./asking/admin.js";
import {
  type BrokerView,
  type ClusterView,
  isMoving,
  partitionName,
  refuseWithoutController,
  viewCluster,
} from "./asking/cluster-view.js";
import type { Carrying } from "./carry-out.js";
import { moveAll } from "./move-all.js";
import { placePartitions, targetOf, unfinishedMoves } from "./placed.js";
import { MOVES_NAMED_MAX, planLines } from "./plan-text.js";
import { type Homeless, planEvacuation } from "./planning/evacuate.js";
import type { RebalanceOptions } from "./rebalance.js";
import { firstOf } from "./text.js";

export type RemoveOptions = Pick<RebalanceOptions, "plan" | "throttle">;

export async function removeBroker(carrying: Carrying, id: number, options: RemoveOptions): Promise<ExitCode> {
  const { admin, output } = carrying;
  const view = await viewCluster(admin);
  refuseWithoutController(view);
  const broker = view.brokers.find((one) => one.id === id);
  const held = view.partitions.filter(({ replicas }) => replicas.includes(id));
  if (broker === undefined && held.length === 0) throw new CommandFailure(`The cluster has no broker ${id}.`);
  refuseIfMovingTo(view, id);
  refuseIfLost(view, id);
  if (held.length > 0) {
    const staying = view.brokers.filter((one) => one.id !== id && one.isAlive);
    const placed = await placePartitions(admin, view);
    const plan = planEvacuation(staying, placed, id);
    if ("homeless" in plan) throw homelessFailure(plan.homeless, id, staying.length);
    const namedMax = options.plan ? plan.moves.length : MOVES_NAMED_MAX;
    for (const line of planLines(plan, namedMax)) await output.print(line);
    if (options.plan) return exitCodes.ok;
    const moves = [...unfinishedMoves(view, placed), ...plan.moves];
    const code = await moveAll(carrying, view, moves, options.throttle);
    if (code !== exitCodes.ok) return code;
  }
  await output.print(await farewell(carrying, broker, id, options));
  return exitCodes.ok;
}

/** A broker that runs would register again. */
async function farewell(
  { admin }: Carrying,
  broker: BrokerView | undefined,
  id: number,
  { plan }: RemoveOptions,
): Promise<string> {
  if (broker?.isAlive === true) {
    return (
      `Broker ${id} holds nothing any more. Stop it soon, as new topics may still be placed on it; then give ` +
      `\`samsa cluster remove ${id}\` again, and the cluster forgets it.`
    );
  }
  if (plan) return `Broker ${id} holds nothing and does not run: the cluster can forget it.`;
  const { errorCode, errorMessage } = await admin.ask(UnregisterBroker, { brokerId: id });
  const isGone = errorCode === errors.NONE.code || errorCode === errors.BROKER_ID_NOT_REGISTERED.code;
  if (!isGone) throw refusal(`Forgetting broker ${id}`, errorCode, errorMessage);
  return `Broker ${id} is removed.`;
}

/** What moves elsewhere is waited for; what moves to this broker would only have to move again. */
function refuseIfMovingTo({ partitions }: ClusterView, id: number): void {
  const coming = partitions.filter((one) => isMoving(one) && targetOf(one).includes(id)).map(partitionName);
  if (coming.length === 0) return;
  throw new CommandFailure(
    `Partitions that broker ${id} shall keep are on the move (${firstOf(coming, 5).join(", ")}). Let them arrive, or take ` +
      "them back with `samsa cluster rebalance --cancel`.",
  );
}

/** Nobody else has what lies there. */
function refuseIfLost({ partitions }: ClusterView, id: number): void {
  const lost = partitions.filter(({ leader, replicas }) => leader < 0 && replicas.includes(id)).map(partitionName);
  if (lost.length === 0) return;
  throw new CommandFailure(
    `Broker ${id} has a replica of partitions that nobody leads (${firstOf(lost, 5).join(", ")}). Start it again, or ` +
      "delete these topics.",
  );
}

function homelessFailure(homeless: readonly Homeless[], id: number, staying: number): CommandFailure {
  const names = firstOf(homeless.map(partitionName), 5).join(", ");
  const most = Math.max(...homeless.map(({ replicas }) => replicas));
  return new CommandFailure(
    `Without broker ${id}, ${staying} are left, and ${names} have up to ${most} replicas. Add a broker first, or reassign ` +
      "these partitions to fewer replicas.",
  );
}
