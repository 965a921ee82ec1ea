/** The requests that are parked in a classic group. */
import type { Ticket } from "../../coordination/state-machine.js";
import type { ClassicGroup } from "./classic-group.js";
import { plus } from "./members.js";

/**
 * The caller has gone away. Like in Kafka, its member has joined or synced all the same. Gives the group itself when the
 * request is not parked there.
 */
export function withoutTicket(group: ClassicGroup, gone: Ticket): ClassicGroup {
  if (group.state === "PreparingRebalance") {
    for (const [id, parked] of group.joined) {
      if (parked.ticket?.id === gone.id)
        return { ...group, joined: plus(group.joined, id, { ...parked, ticket: null }) };
    }
  } else if (group.state === "CompletingRebalance") {
    for (const [id, ticket] of group.synced) {
      if (ticket?.id === gone.id) return { ...group, synced: plus(group.synced, id, null) };
    }
  }
  return group;
}
