import { withoutMapping } from "../broker/reach.js";
import type { TelemetryCaller } from "../broker/telemetry/client-telemetry.js";
import type { RequestContext } from "./context.js";

/** What subscriptions to client metrics may ask of a caller. */
export function telemetryCaller({ connection, clientId, image, arrivedMs }: RequestContext): TelemetryCaller {
  const { id, remote, software } = connection;
  const { host, port } = remote;
  const nowMs = arrivedMs;
  return { connectionId: id, clientId, software, remote: { host: withoutMapping(host), port }, image, nowMs };
}
