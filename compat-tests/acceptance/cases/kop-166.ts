import { decodeResponse } from "../../../src/protocol/frames/frame.js";
import { ApiVersions } from "../../../src/protocol/messages/18-api-versions.js";
import { frameOf } from "../../../tests/differential/requests.js";
import { acceptanceCase } from "../case.js";
import { expectError, expectThat } from "../steps.js";

const OF_THE_FUTURE = 127;
/** An empty client name and version, and no tagged fields: what a flexible request holds. */
const FLEXIBLE_BODY = Buffer.from([1, 1, 0]);

export const kop166 = acceptanceCase({
  id: "kop-166",
  origin: "https://github.com/streamnative/kop/issues/166",
  title: "A client that asks for a newer ApiVersions than the broker has is told what there is",
  steps: `
    ApiVersions version 127, as a client of years to come would send it: the answer has the layout of version 0,
    UNSUPPORTED_VERSION, and the range of ApiVersions. The connection stays: on it version 3, and then version 0, give
    all ranges.`,
  run: async (broker) => {
    const connection = await broker.connect();
    connection.sendBytes(frameOf(ApiVersions.key, OF_THE_FUTURE, FLEXIBLE_BODY, { flexible: true }));
    const refused = decodeResponse(ApiVersions, 0, await connection.nextFrame());
    expectThat(refused.ok, "the answer is not in the layout of version 0");
    expectError("version 127", refused.value.body.errorCode, "UNSUPPORTED_VERSION");
    const own = refused.value.body.apiKeys.find(({ apiKey }) => apiKey === ApiVersions.key);
    expectThat(
      own !== undefined && own.minVersion === 0 && own.maxVersion >= 3,
      "it does not say which versions there are",
    );
    for (const version of [3, 0]) {
      const software = version === 3 ? { clientSoftwareName: "librdkafka", clientSoftwareVersion: "1.4.2" } : {};
      const { errorCode, apiKeys } = await connection.request(ApiVersions, version, software);
      expectError(`version ${version}`, errorCode, "NONE");
      expectThat(apiKeys.length > 30, `version ${version} tells of ${apiKeys.length} APIs`);
    }
  },
});
