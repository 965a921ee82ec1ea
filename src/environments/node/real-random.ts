import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../../lib/environment.js";
import { uuidFrom } from "../uuid.js";

export const realRandom: Random = {
  bytes: (count) => randomBytes(count),
  below: (bound) => randomInt(bound),
  uuid: () => uuidFrom((count) => randomBytes(count)),
};
