import { apiError } from "../../protocol/errors.js";
import { RemoveRaftVoter } from "../../protocol/messages/81-remove-raft-voter.js";
import { refuseVoter } from "../administration/raft-voters.js";
import { handler } from "../handler.js";

/** RemoveRaftVoter: answered as by a quorum whose voters stand in its configuration, at kraft.version 0 (KIP-853). */
export const removeRaftVoter = handler(RemoveRaftVoter, { from: 0, to: 0 }, (broker, request, context) => {
  const why = "Cluster doesn't support removing voter because the kraft.version feature is 0";
  return refuseVoter(broker, context, request, "Remove") ?? apiError("UNSUPPORTED_VERSION", why);
});
