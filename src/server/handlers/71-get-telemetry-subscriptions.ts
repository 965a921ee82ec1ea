import { errors } from "../../protocol/errors.js";
import { GetTelemetrySubscriptions } from "../../protocol/messages/71-get-telemetry-subscriptions.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { handler } from "../handler.js";
import { telemetryCaller } from "../telemetry-caller.js";

/** GetTelemetrySubscriptions: which of its metrics this client should push, and how often (KIP-714). */
export const getTelemetrySubscriptions = handler(
  GetTelemetrySubscriptions,
  { from: 0, to: 0 },
  ({ clientTelemetry }, { clientInstanceId }, context) => {
    const subscribed = clientTelemetry.subscribe(telemetryCaller(context), clientInstanceId);
    if ("errorCode" in subscribed) return { ...nothing, errorCode: subscribed.errorCode };
    return {
      errorCode: errors.NONE.code,
      clientInstanceId: subscribed.clientInstanceId,
      subscriptionId: subscribed.subscriptionId,
      acceptedCompressionTypes: clientTelemetry.acceptedCompressionTypes,
      pushIntervalMs: subscribed.pushIntervalMs,
      telemetryMaxBytes: clientTelemetry.pushBytesMax,
      deltaTemporality: true,
      requestedMetrics: subscribed.metrics,
    };
  },
);

const nothing = {
  clientInstanceId: ZERO_UUID,
  subscriptionId: 0,
  acceptedCompressionTypes: [],
  pushIntervalMs: 0,
  telemetryMaxBytes: 0,
  deltaTemporality: false,
  requestedMetrics: [],
};
