/**
 * The log: one JSON object per line, made by pino. The destination and the clock are handed in, so that a simulated
 * broker writes the same lines in every run.
 */
import pino from "pino";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Fields first, then what happened: `logger.warn({ topic, partition }, "partition is offline")`. */
interface Log {
  (message: string): void;
  (fields: object, message: string): void;
}

export interface Logger {
  readonly trace: Log;
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
  readonly fatal: Log;
  /** The least severe lines that are written, by the name of their level. It may be changed at any time. */
  level: string;
  /** A logger whose lines all carry these fields. */
  child(fields: object): Logger;
}

export interface LoggerOptions {
  /** Takes one line, with its line break. */
  readonly write: (line: string) => void;
  /** The time of each line, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly level: LogLevel;
}

export function createLogger({ write, nowMs, level }: LoggerOptions): Logger {
  // `base: null` leaves process id and host name out: they differ from run to run and say nothing here.
  return pino({ level, base: null, timestamp: () => `,"time":${nowMs()}` }, { write });
}
