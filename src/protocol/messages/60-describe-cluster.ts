/**
 * DescribeCluster: cluster id, controller and brokers, or the controllers.
 *
 * 0  the first; flexible (KIP-700)
 * 1  the type of the endpoints wanted: brokers or controllers (KIP-919)
 * 2  fenced brokers on request (KIP-1073)
 */
import { array, bool, int8, int16, int32, string } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const DescribeCluster = api({
  key: 60,
  name: "DescribeCluster",
  versions: "0-2",
  flexible: "0+",
  request: {
    includeClusterAuthorizedOperations: bool(),
    endpointType: int8({ versions: "1+", default: 1 }),
    includeFencedBrokers: bool({ versions: "2+", default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: "0+", default: null }),
    endpointType: int8({ versions: "1+", default: 1 }),
    clusterId: string(),
    controllerId: int32({ default: -1 }),
    brokers: array({
      brokerId: int32(),
      host: string(),
      port: int32(),
      rack: string({ nullable: "0+", default: null }),
      isFenced: bool({ versions: "2+" }),
    }),
    clusterAuthorizedOperations: int32({ default: -2147483648 }),
  },
});
