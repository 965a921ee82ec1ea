/** Java's metrics, and metrics that clients push. */
import { int, list, long, text, withoutEffect } from "../definition.js";
import { anyItems, atLeast } from "../validators.js";

export const metricsPropertiesWithoutEffect = withoutEffect("metrics are not kept by Java classes here", {
  "kafka.metrics.polling.interval.secs": int(10, "How often old-style reporters are called.", atLeast(1)),
  "kafka.metrics.reporters": list("", "Classes that report old-style metrics.", anyItems),
  "metric.reporters": list(
    "org.apache.kafka.common.metrics.JmxReporter",
    "Classes that report metrics.",
    anyItems,
    "cluster-wide",
  ),
  "metrics.num.samples": int(2, "Samples kept for each metric.", atLeast(1)),
  "metrics.recording.level": text("INFO", "How much is measured: INFO, DEBUG or TRACE."),
  "metrics.sample.window.ms": long(30_000, "Length of a sample.", atLeast(1)),
} as const);

export const telemetryProperties = {
  "telemetry.max.bytes": int(1_048_576, "Largest push of a client's metrics (KIP-714).", atLeast(1)),
} as const;
