import { apiError } from "../../protocol/errors.js";
import { AddRaftVoter } from "../../protocol/messages/80-add-raft-voter.js";
import { refuseVoter } from "../administration/raft-voters.js";
import { handler } from "../handler.js";

/** AddRaftVoter: answered as by a quorum whose voters stand in its configuration, at kraft.version 0 (KIP-853). */
export const addRaftVoter = handler(AddRaftVoter, { from: 0, to: 1 }, (broker, request, context) => {
  const refused = refuseVoter(broker, context, request, "Add");
  if (refused !== null) return refused;
  const [name = ""] = broker.config.network.controllerListenerNames;
  if (!request.listeners.some((listener) => listener.name === name)) {
    return apiError("INVALID_REQUEST", `Add voter request didn't include the endpoint for the listener ${name}`);
  }
  const why = "Cluster doesn't support adding voter because the kraft.version feature is 0";
  return apiError("UNSUPPORTED_VERSION", why);
});
