/**
 * MetricsData of OpenTelemetry's protocol, version 1, as far as clients of Kafka use it: gauges and sums of numbers.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
import { type ProtobufField, readFields } from "./protobuf.js";

/** One number of one metric. */
export interface MetricPoint {
  readonly name: string;
  readonly kind: "gauge" | "sum";
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
}

const metricsData = { resourceMetrics: 1 } as const;
const resourceMetrics = { scopeMetrics: 2 } as const;
const scopeMetrics = { metrics: 2 } as const;
const metric = { name: 1, gauge: 5, sum: 7 } as const;
/** Of a gauge and of a sum. */
const data = { dataPoints: 1 } as const;
const numberDataPoint = { asDouble: 4, asInt: 6, attributes: 7 } as const;
const keyValue = { key: 1, value: 2 } as const;
const anyValue = { stringValue: 1 } as const;

/** All points in their order, or null when the bytes are no MetricsData. What is neither gauge nor sum is left out. */
export function readMetricsData(bytes: Uint8Array): readonly MetricPoint[] | null {
  try {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return messagesIn(whole, metricsData.resourceMetrics)
      .flatMap((resource) => messagesIn(resource, resourceMetrics.scopeMetrics))
      .flatMap((scope) => messagesIn(scope, scopeMetrics.metrics))
      .flatMap(pointsOf);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

class Unreadable extends Error {}

function pointsOf(bytes: Buffer): MetricPoint[] {
  const fields = fieldsOf(bytes);
  const name = textOf(fields, metric.name);
  return (["gauge", "sum"] as const).flatMap((kind) =>
    messages(fields, metric[kind])
      .flatMap((numbers) => messagesIn(numbers, data.dataPoints))
      .flatMap((point) => pointOf(point, name, kind)),
  );
}

/** A point without a number says that there is none. */
function pointOf(bytes: Buffer, name: string, kind: MetricPoint["kind"]): MetricPoint[] {
  const fields = fieldsOf(bytes);
  const [double] = eightBytes(fields, numberDataPoint.asDouble);
  const [int] = eightBytes(fields, numberDataPoint.asInt);
  const value = double?.readDoubleLE() ?? (int === undefined ? undefined : Number(int.readBigInt64LE()));
  if (value === undefined) return [];
  const attributes = messages(fields, numberDataPoint.attributes).map((attribute): [string, string] => {
    const inside = fieldsOf(attribute);
    const [text] = messages(inside, keyValue.value);
    return [textOf(inside, keyValue.key), text === undefined ? "" : textOf(fieldsOf(text), anyValue.stringValue)];
  });
  return [{ name, kind, attributes: Object.fromEntries(attributes), value }];
}

function eightBytes(fields: readonly ProtobufField[], number: number): Buffer[] {
  return messages(fields, number).filter(({ length }) => length === 8);
}

function messagesIn(bytes: Buffer, number: number): Buffer[] {
  return messages(fieldsOf(bytes), number);
}

/** The messages, texts or fixed numbers that stand under this number. */
function messages(fields: readonly ProtobufField[], number: number): Buffer[] {
  return fields.flatMap((field) => (field.number === number && Buffer.isBuffer(field.value) ? [field.value] : []));
}

function textOf(fields: readonly ProtobufField[], number: number): string {
  return messages(fields, number).at(-1)?.toString("utf8") ?? "";
}

function fieldsOf(bytes: Buffer): readonly ProtobufField[] {
  const fields = readFields(bytes);
  if (fields === null) throw new Unreadable("no Protocol Buffers");
  return fields;
}
