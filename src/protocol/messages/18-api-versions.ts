/**
 * ApiVersions: which versions of which APIs a broker serves; the first request of a connection.
 *
 * 0  the first (KIP-35)
 * 1  response: throttle time
 * 2  the throttle is the client's to keep after the answer (KIP-219)
 * 3  flexible; name and version of the client's software (KIP-511); features (KIP-584)
 * 4  a feature may have the lowest version 0 (KAFKA-17011)
 *
 * The response header stays at 0: a client reads it before it knows what the broker speaks. A request of an unknown
 * version is answered in the layout of version 0.
 */
import { array, bool, id, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const ApiVersions = api({
  key: 18,
  name: "ApiVersions",
  versions: "0-4",
  flexible: "3+",
  responseHeaderVersion: 0,
  request: {
    clientSoftwareName: string({ versions: "3+", default: "", ignorable: true }),
    clientSoftwareVersion: string({ versions: "3+", default: "", ignorable: true }),
  },
  response: {
    errorCode: int16(),
    apiKeys: array({
      apiKey: int16(),
      minVersion: int16(),
      maxVersion: int16(),
    }),
    throttleTimeMs: int32({ versions: "1+", default: 0, ignorable: true }),
    supportedFeatures: array(
      {
        name: string(),
        minVersion: int16(),
        maxVersion: int16(),
      },
      { versions: "3+", tag: 0, ignorable: true },
    ),
    finalizedFeaturesEpoch: id({ versions: "3+", default: -1, tag: 1, ignorable: true }),
    finalizedFeatures: array(
      {
        name: string(),
        maxVersionLevel: int16(),
        minVersionLevel: int16(),
      },
      { versions: "3+", tag: 2, ignorable: true },
    ),
    zkMigrationReady: bool({ versions: "3+", default: false, tag: 3, ignorable: true }),
  },
});
