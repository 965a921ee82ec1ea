import { PushTelemetry } from "../../protocol/messages/72-push-telemetry.js";
import { handler } from "../handler.js";
import { telemetryCaller } from "../telemetry-caller.js";

/** PushTelemetry: metrics of a client, for whoever looks after it (KIP-714). */
export const pushTelemetry = handler(PushTelemetry, { from: 0, to: 0 }, ({ clientTelemetry }, push, context) => ({
  errorCode: clientTelemetry.push(telemetryCaller(context), push),
}));
