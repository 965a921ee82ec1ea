/**
 * Metrics of clients (KIP-714): who is asked for which, and what was pushed. Apache Kafka hands pushes to a plugin and
 * does not advertise the two APIs without one; here the broker keeps them itself.
 */
import type { ClientAttributes } from "../../config/client-metrics-config.js";
import type { Random } from "../../lib/environment.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import type { Logger } from "../../observability/logger.js";
import { type MetricPoint, readMetricsData } from "../../observability/otlp/metrics-data.js";
import { PushedMetricsStore } from "../../observability/pushed-metrics.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { codecs, decompress, isCodec, isRefused } from "../../protocol/records/codecs.js";
import { ZERO_UUID } from "../../protocol/wire/zero-uuid.js";
import { ClientInstance } from "./client-instance.js";
import { TelemetrySubscriptions, type Wanted } from "./subscriptions.js";

/** Who asks, and when. */
export interface TelemetryCaller {
  readonly connectionId: number;
  readonly clientId: string | null;
  readonly software: { readonly name: string; readonly version: string } | null;
  readonly remote: { readonly host: string; readonly port: number };
  readonly image: MetadataImage;
  /** On the wire clock. */
  readonly nowMs: number;
}

export interface Push {
  readonly clientInstanceId: string;
  readonly subscriptionId: number;
  readonly terminating: boolean;
  readonly compressionType: number;
  readonly metrics: Uint8Array;
}

export interface Subscribed extends Wanted {
  readonly clientInstanceId: string;
}

export interface ClientTelemetryOptions {
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly logger: Logger;
  /** `telemetry.max.bytes`: of one push, before and after it was decompressed. */
  readonly pushBytesMax: number;
}

/** As many as Apache Kafka remembers. */
const INSTANCES_MAX = 16_384;
/** All pushes that are kept, together. */
const METRICS_BYTES_MAX = 64 * 1024 * 1024;
/** What Apache Kafka calls reserved: no client may be called so. */
const reservedIds: ReadonlySet<string> = new Set([ZERO_UUID, "AAAAAAAAAAAAAAAAAAAAAQ"]);
/** An instance that has been silent for so long, and for several of its intervals, is forgotten. */
const FORGOTTEN_MS_MIN = 60_000;
const INTERVALS_TO_FORGET = 3;
const tellingLevels: ReadonlySet<string> = new Set(["trace", "debug"]);
/** In one line of the log. */
const POINTS_TOLD_MAX = 500;

export class ClientTelemetry {
  /** The preferred one first. */
  readonly acceptedCompressionTypes: readonly number[] = [codecs.zstd, codecs.lz4, codecs.gzip, codecs.snappy];
  readonly pushed = new PushedMetricsStore(METRICS_BYTES_MAX);
  readonly #options: ClientTelemetryOptions;
  readonly #subscriptions = new TelemetrySubscriptions();
  /** The one that has been silent for longest is first. */
  readonly #instances = new Map<string, { readonly instance: ClientInstance; readonly heardMs: number }>();
  readonly #instanceOfConnection = new Map<number, string>();

  constructor(options: ClientTelemetryOptions) {
    this.#options = options;
  }

  get pushBytesMax(): number {
    return this.#options.pushBytesMax;
  }

  /** The zero id asks for one. */
  subscribe(caller: TelemetryCaller, askedId: string): Subscribed | { readonly errorCode: ErrorCode } {
    const clientInstanceId = askedId === ZERO_UUID ? this.#options.random.uuid() : askedId;
    const instance = this.#instanceOf(clientInstanceId, caller);
    if (!instance.mayGet(caller.nowMs)) return { errorCode: errors.THROTTLING_QUOTA_EXCEEDED.code };
    instance.lastError = errors.NONE.code;
    return { ...instance.wanted, clientInstanceId };
  }

  push(caller: TelemetryCaller, push: Push): ErrorCode {
    if (reservedIds.has(push.clientInstanceId)) return errors.INVALID_REQUEST.code;
    const instance = this.#instanceOf(push.clientInstanceId, caller);
    instance.lastError = this.#judge(instance, push, caller.nowMs);
    instance.isTerminating = push.terminating;
    if (instance.lastError !== errors.NONE.code || push.metrics.length === 0) return instance.lastError;
    instance.lastError = this.#keep(caller, push);
    return instance.lastError;
  }

  disconnected(connectionId: number): void {
    const clientInstanceId = this.#instanceOfConnection.get(connectionId);
    if (clientInstanceId === undefined) return;
    this.#instanceOfConnection.delete(connectionId);
    this.#instances.delete(clientInstanceId);
  }

  #judge(instance: ClientInstance, push: Push, nowMs: number): ErrorCode {
    if (instance.isTerminating) return errors.INVALID_REQUEST.code;
    if (!instance.mayPush(nowMs) && !push.terminating) return errors.THROTTLING_QUOTA_EXCEEDED.code;
    if (push.subscriptionId !== instance.wanted.subscriptionId) return errors.UNKNOWN_SUBSCRIPTION_ID.code;
    if (!isCodec(push.compressionType)) return errors.UNSUPPORTED_COMPRESSION_TYPE.code;
    return push.metrics.length > this.pushBytesMax ? errors.TELEMETRY_TOO_LARGE.code : errors.NONE.code;
  }

  #keep(caller: TelemetryCaller, { clientInstanceId, compressionType, metrics }: Push): ErrorCode {
    if (!isCodec(compressionType)) return errors.UNSUPPORTED_COMPRESSION_TYPE.code;
    const metricsData = decompress(compressionType, metrics, this.pushBytesMax);
    if (isRefused(metricsData)) return errors.INVALID_RECORD.code;
    const { clientId, software } = caller;
    const [softwareName, softwareVersion] = [software?.name ?? null, software?.version ?? null];
    const about = { clientInstanceId, clientId, softwareName, softwareVersion };
    // What was not compressed still lies in the frame of the request.
    const kept = metricsData.buffer === metrics.buffer ? Uint8Array.from(metricsData) : metricsData;
    this.pushed.keep({ ...about, pushedAtMs: this.#options.wallMs(), metricsData: kept });
    this.#tell(about, kept);
    return errors.NONE.code;
  }

  #tell(about: object, metricsData: Uint8Array): void {
    const { logger } = this.#options;
    // To read a push for nobody would be a waste.
    if (!tellingLevels.has(logger.level)) return;
    const points = readMetricsData(metricsData)?.slice(0, POINTS_TOLD_MAX) ?? [];
    const metrics = Object.fromEntries(points.map((point) => [pointName(point), point.value]));
    logger.debug({ ...about, bytes: metricsData.length, metrics }, "a client pushed its metrics");
  }

  /** The instance as the subscriptions are now: where they changed, it begins anew. */
  #instanceOf(clientInstanceId: string, caller: TelemetryCaller): ClientInstance {
    const { image, nowMs, connectionId } = caller;
    this.#subscriptions.follow(image);
    const known = this.#instances.get(clientInstanceId);
    this.#instances.delete(clientInstanceId);
    const isCurrent =
      known !== undefined &&
      known.instance.subscriptionsVersion === this.#subscriptions.version &&
      nowMs - known.heardMs < forgottenAfterMs(known.instance);
    const instance = isCurrent ? known.instance : this.#newInstance(clientInstanceId, caller);
    if (!isCurrent) this.#instanceOfConnection.set(connectionId, clientInstanceId);
    this.#instances.set(clientInstanceId, { instance, heardMs: nowMs });
    this.#forgetTheSilent();
    return instance;
  }

  #newInstance(clientInstanceId: string, caller: TelemetryCaller): ClientInstance {
    const wanted = this.#subscriptions.wantedOf(attributesOf(clientInstanceId, caller), clientInstanceId);
    return new ClientInstance(wanted, this.#subscriptions.version);
  }

  #forgetTheSilent(): void {
    for (const clientInstanceId of this.#instances.keys()) {
      if (this.#instances.size <= INSTANCES_MAX) return;
      this.#instances.delete(clientInstanceId);
    }
  }
}

function forgottenAfterMs({ wanted }: ClientInstance): number {
  return Math.max(FORGOTTEN_MS_MIN, wanted.pushIntervalMs * INTERVALS_TO_FORGET);
}

/** Such as `org.apache.kafka.producer.node.request.latency.max{node_id=node-1}`. */
function pointName({ name, attributes }: MetricPoint): string {
  const pairs = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

function attributesOf(clientInstanceId: string, { clientId, software, remote }: TelemetryCaller): ClientAttributes {
  return {
    client_instance_id: clientInstanceId,
    client_id: clientId,
    client_software_name: software?.name ?? null,
    client_software_version: software?.version ?? null,
    client_source_address: remote.host,
    client_source_port: String(remote.port),
  };
}
