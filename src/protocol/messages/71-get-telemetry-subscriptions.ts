/**
 * GetTelemetrySubscriptions: which of its metrics a client is asked to push, and how often (KIP-714).
 *
 * 0  the first; flexible
 */
import { array, bool, int8, int16, int32, string, uuid } from "../schema/fields.js";
import { api } from "../schema/message.js";

export const GetTelemetrySubscriptions = api({
  key: 71,
  name: "GetTelemetrySubscriptions",
  versions: "0",
  flexible: "0+",
  request: { clientInstanceId: uuid() },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    acceptedCompressionTypes: array(int8()),
    pushIntervalMs: int32(),
    telemetryMaxBytes: int32(),
    deltaTemporality: bool(),
    requestedMetrics: array(string()),
  },
});
