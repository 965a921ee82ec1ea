/**
 * What clients have pushed of their own metrics (KIP-714): the newest push of each client instance, as it came. Here a
 * reader of metrics finds them; who pushes for long without being the newest, and what would take too much room, goes.
 */

export interface PushedMetrics {
  readonly clientInstanceId: string;
  readonly clientId: string | null;
  readonly softwareName: string | null;
  readonly softwareVersion: string | null;
  /** Milliseconds since 1970. */
  readonly pushedAtMs: number;
  /** MetricsData of OpenTelemetry's protocol, version 1, not compressed. */
  readonly metricsData: Uint8Array;
}

/** What a push takes beside its metrics and its names. */
const PUSH_BYTES = 512;
const CHARACTER_BYTES = 2;

export class PushedMetricsStore {
  readonly #bytesMax: number;
  /** The client that has been silent for longest is first. */
  readonly #byInstance = new Map<string, PushedMetrics>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The bytes are kept, not copied. */
  keep(pushed: PushedMetrics): void {
    this.#drop(pushed.clientInstanceId);
    this.#byInstance.set(pushed.clientInstanceId, pushed);
    this.#bytes += bytesOf(pushed);
    for (const clientInstanceId of this.#byInstance.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(clientInstanceId);
    }
  }

  /** Of each client instance what it pushed last; the client that has been silent for longest comes first. */
  newest(): IterableIterator<PushedMetrics> {
    return this.#byInstance.values();
  }

  #drop(clientInstanceId: string): void {
    const pushed = this.#byInstance.get(clientInstanceId);
    if (pushed === undefined) return;
    this.#bytes -= bytesOf(pushed);
    this.#byInstance.delete(clientInstanceId);
  }
}

/** All of it counts: a client may push little under a new name each time, and the names are its own as well. */
function bytesOf({ clientInstanceId, clientId, softwareName, softwareVersion, metricsData }: PushedMetrics): number {
  const names = [clientInstanceId, clientId, softwareName, softwareVersion];
  const characters = names.reduce((sum, name) => sum + (name?.length ?? 0), 0);
  return PUSH_BYTES + characters * CHARACTER_BYTES + metricsData.length;
}
