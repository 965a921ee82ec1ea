/**
 * DescribeConfigs: configuration of topics, brokers, groups and others.
 *
 * 0  the first (KIP-133)
 * 1  where a value comes from, with synonyms, in place of "is default" (KIP-226)
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  type and documentation (KIP-569)
 * 4  flexible
 *
 * Apache Kafka 4 serves 1 and later.
 */
import { array, bool, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeConfigs = api({
  key: 32,
  name: "DescribeConfigs",
  versions: "0-4",
  flexible: "4+",
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configurationKeys: array(string(), { nullable: "0+" }),
    }),
    includeSynonyms: bool({ versions: "1+", default: false }),
    includeDocumentation: bool({ versions: "3+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: array({
      errorCode: int16(),
      errorMessage: string({ nullable: "0+", default: null }),
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: string({ nullable: "0+" }),
        readOnly: bool(),
        isDefault: bool({ versions: "0", default: false }),
        configSource: int8({ versions: "1+", default: -1, ignorable: true }),
        isSensitive: bool(),
        synonyms: array(
          {
            name: string(),
            value: string({ nullable: "0+" }),
            source: int8(),
          },
          { versions: "1+", ignorable: true },
        ),
        configType: int8({ versions: "3+", default: 0, ignorable: true }),
        documentation: string({ versions: "3+", nullable: "0+", ignorable: true }),
      }),
    }),
  },
});
