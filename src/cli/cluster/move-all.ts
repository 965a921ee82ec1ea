/** Moves partitions under a throttle that is gone in the end, and says what goes on when it cannot finish. */
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { CommandFailure } from "./asking/admin.js";
import type { ClusterView } from "./asking/cluster-view.js";
import { type Carrying, carryOut, electPreferred } from "./carry-out.js";
import type { Move } from "./planning/placement.js";
import { counted } from "./text.js";
import { removeThrottle, setThrottle } from "./throttle.js";

/** `throttleBytes` 0: without. */
export async function moveAll(
  carrying: Carrying,
  view: ClusterView,
  moves: readonly Move[],
  throttleBytes: number,
): Promise<ExitCode> {
  const { admin, output } = carrying;
  const interrupted = carrying.interruption();
  try {
    if (throttleBytes > 0) await setThrottle(admin, moves, livingOf(view), throttleBytes);
    const left = await carryOut(carrying, moves, interrupted);
    if (left !== null) {
      const goesOn = `${counted(left.underWay, "move")} under way will be finished by the cluster`;
      output.complain(`Interrupted: ${goesOn}, ${left.notBegun} not begun.`);
      output.complain(WHAT_TO_DO);
      return exitCodes.failure;
    }
    await electPreferred(admin, moves);
    await endThrottle(carrying, view);
    return exitCodes.ok;
  } catch (failure) {
    if (failure instanceof CommandFailure) output.complain(`What has begun goes on in the cluster. ${WHAT_TO_DO}`);
    throw failure;
  }
}

const WHAT_TO_DO =
  "The throttle stays until then. Give the same command again to go on, or `samsa cluster rebalance --cancel` to take " +
  "back what moves; both take the throttle away in the end.";

export async function endThrottle({ admin }: Pick<Carrying, "admin">, view: ClusterView): Promise<void> {
  const topics = [...new Set(view.partitions.map(({ topic }) => topic))];
  await removeThrottle(admin, livingOf(view), topics);
}

function livingOf({ brokers }: ClusterView): ReadonlySet<number> {
  return new Set(brokers.filter(({ isAlive }) => isAlive).map(({ id }) => id));
}
