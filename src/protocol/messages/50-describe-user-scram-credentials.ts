/**
 * DescribeUserScramCredentials: which users have SCRAM credentials, never the credentials themselves.
 *
 * 0  the first; flexible (KIP-554)
 */
import { array, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeUserScramCredentials = api({
  key: 50,
  name: "DescribeUserScramCredentials",
  versions: "0",
  flexible: "0+",
  request: { users: array({ name: string() }, { nullable: "0+" }) },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    results: array({
      user: string(),
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
      credentialInfos: array({ mechanism: int8(), iterations: int32() }),
    }),
  },
});
