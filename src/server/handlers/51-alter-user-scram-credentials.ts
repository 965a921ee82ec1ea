import { errors } from "../../protocol/errors.js";
import { AlterUserScramCredentials } from "../../protocol/messages/51-alter-user-scram-credentials.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** AlterUserScramCredentials: sets and removes credentials (KIP-554). They are kept; no listener asks for them yet. */
export const alterUserScramCredentials = handler(
  AlterUserScramCredentials,
  { from: 0, to: 0 },
  async (broker, request, context) => {
    const users = new Set([...request.deletions, ...request.upsertions].map(({ name }) => name));
    const failed = (errorCode: number) => ({ results: [...users].map((user) => ({ user, errorCode })) });
    if (!context.authorize("Alter", "Cluster", clusterResource)) {
      return failed(errors.CLUSTER_AUTHORIZATION_FAILED.code);
    }
    const outcome = await broker.controller.call("alterUserScramCredentials", request, { caller: context });
    return "reply" in outcome ? outcome.reply : failed(outcome.errorCode);
  },
);
