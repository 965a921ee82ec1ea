/**
 * PushTelemetry: metrics of a client, as MetricsData of OpenTelemetry's protocol, version 1 (KIP-714).
 *
 * 0  the first; flexible
 */
import { bool, bytes, int8, int16, int32, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const PushTelemetry = api({
  key: 72,
  name: "PushTelemetry",
  versions: "0",
  flexible: "0+",
  request: {
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    terminating: bool(),
    compressionType: int8(),
    metrics: bytes(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
  },
});
