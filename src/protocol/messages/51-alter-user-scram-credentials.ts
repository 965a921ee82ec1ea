/**
 * AlterUserScramCredentials: sets and removes SCRAM credentials.
 *
 * 0  the first; flexible (KIP-554)
 */
import { array, bytes, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const AlterUserScramCredentials = api({
  key: 51,
  name: "AlterUserScramCredentials",
  versions: "0",
  flexible: "0+",
  request: {
    deletions: array({ name: string(), mechanism: int8() }),
    upsertions: array({
      name: string(),
      mechanism: int8(),
      iterations: int32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: array({ user: string(), errorCode: int16(), errorMessage: string({ nullable: "0+", default: null }) }),
  },
});
