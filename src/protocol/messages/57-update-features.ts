/**
 * UpdateFeatures: finalizes features at other levels.
 *
 * 0  the first; flexible (KIP-584)
 * 1  kinds of downgrade, and validate only (KIP-778)
 * 2  response: one error in place of one for each feature (KIP-1022)
 */
import { array, bool, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const UpdateFeatures = api({
  key: 57,
  name: "UpdateFeatures",
  versions: "0-2",
  flexible: "0+",
  request: {
    timeoutMs: int32({ default: 60000 }),
    featureUpdates: array({
      feature: string(),
      maxVersionLevel: int16(),
      allowDowngrade: bool({ versions: "0" }),
      upgradeType: int8({ versions: "1+", default: 1 }),
    }),
    validateOnly: bool({ versions: "1+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    results: array(
      { feature: string(), errorCode: int16(), errorMessage: string({ nullable: "0+", default: null }) },
      { versions: "0-1", ignorable: true },
    ),
  },
});
