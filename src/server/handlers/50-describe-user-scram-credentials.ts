import type { MetadataImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import { DescribeUserScramCredentials } from "../../protocol/messages/50-describe-user-scram-credentials.js";
import { clusterResource } from "../../security/authorizer.js";
import { handler } from "../handler.js";

/** DescribeUserScramCredentials: which mechanisms users have, and with how many iterations; no keys (KIP-554). */
export const describeUserScramCredentials = handler(
  DescribeUserScramCredentials,
  { from: 0, to: 0 },
  (_broker, { users }, context) => {
    const { image } = context;
    if (!context.authorize("Describe", "Cluster", clusterResource)) {
      return { errorCode: errors.CLUSTER_AUTHORIZATION_FAILED.code, errorMessage: "", results: [] };
    }
    const named = (users ?? []).map(({ name }) => name);
    // Nobody in particular: everybody.
    const times = new Map<string, number>();
    for (const user of named.length === 0 ? image.scramCredentials.keys() : named) {
      times.set(user, (times.get(user) ?? 0) + 1);
    }
    const results = [...times].map(([user, count]) => ({ user, ...describe(image, user, count > 1) }));
    return { errorCode: errors.NONE.code, errorMessage: "", results };
  },
);

function describe({ scramCredentials }: MetadataImage, user: string, isTwice: boolean) {
  if (isTwice) {
    const errorMessage = `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`;
    return { errorCode: errors.DUPLICATE_RESOURCE.code, errorMessage, credentialInfos: [] };
  }
  const credentials = scramCredentials.get(user);
  if (credentials === undefined) {
    const errorMessage = `Attempt to describe a user credential that does not exist: ${user}`;
    return { errorCode: errors.RESOURCE_NOT_FOUND.code, errorMessage, credentialInfos: [] };
  }
  const credentialInfos = [...credentials].map(([mechanism, { iterations }]) => ({ mechanism, iterations }));
  return { errorCode: errors.NONE.code, errorMessage: "", credentialInfos };
}
