/**
 * What a client and Apache Kafka said to each other, as a text file: a line with the client's name and version, then a
 * line for each frame in the order in which they came by, such as `2 > AAMADQ…` (a request on connection 2) or
 * `2 < AAAAAQ…` (its answer).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { decodeResponse } from "../../src/protocol/frames/frame.js";
import { decodeRequestFrame } from "../../src/protocol/frames/header.js";
import { ApiVersions } from "../../src/protocol/messages/18-api-versions.js";
import type { Api } from "../../src/protocol/schema/message.js";
import { inRepository } from "../support/repository.js";
import type { SeenFrame } from "./recording-proxy.js";

export interface RecordedSession {
  readonly name: string;
  /** Name and version, as the client says it. */
  readonly client: string;
  readonly frames: readonly SeenFrame[];
}

/** A request and what Apache Kafka answered to it. */
export interface RecordedExchange {
  readonly connection: number;
  readonly api: Api;
  readonly version: number;
  readonly clientId: string | null;
  /** Of the request, without its size and its header. */
  readonly body: Uint8Array;
  readonly answer: unknown;
}

/** `asked` comes where the request stood among all frames of the session, `answered` where the answer stood. */
export interface RecordedEvent {
  readonly kind: "asked" | "answered";
  readonly exchange: RecordedExchange;
}

const folder = inRepository("tests", "recordings", "sessions");
const EXTENSION = ".txt";

export const recordedNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(EXTENSION))
  .map((name) => name.slice(0, -EXTENSION.length))
  .sort();

export function storeSession({ name, client, frames }: RecordedSession): void {
  const lines = frames.map(
    ({ connection, direction, bytes }) =>
      `${connection} ${direction === "request" ? ">" : "<"} ${Buffer.from(bytes).toString("base64")}`,
  );
  writeFileSync(fileOf(name), `${[client, ...lines].join("\n")}\n`);
}

export function readSession(name: string): RecordedSession {
  const [client = "", ...lines] = readFileSync(fileOf(name), "utf8").trimEnd().split("\n");
  const frames = lines.map((line): SeenFrame => {
    const [connection, arrow, base64 = ""] = line.split(" ");
    const direction = arrow === ">" ? "request" : "answer";
    return { connection: Number(connection), direction, bytes: Buffer.from(base64, "base64") };
  });
  return { name, client, frames };
}

/**
 * Left out is what was never answered (a Produce that wants no answer, a Fetch that was parked at the end), and an
 * ApiVersions too new for Apache Kafka, which is only told to ask again (KIP-511).
 */
export function eventsOf({ frames }: RecordedSession): RecordedEvent[] {
  const answers = new Map<string, SeenFrame>();
  for (const frame of frames) if (frame.direction === "answer") answers.set(keyOf(frame, 0), frame);
  const exchanges = new Map<string, RecordedExchange>();
  return frames.flatMap((frame): RecordedEvent[] => {
    if (frame.direction === "answer") {
      const exchange = exchanges.get(keyOf(frame, 0));
      return exchange === undefined ? [] : [{ kind: "answered", exchange }];
    }
    const key = keyOf(frame, CORRELATION_ID_OF_REQUEST);
    const answer = answers.get(key);
    if (answer === undefined) return [];
    const exchange = exchangeOf(frame, answer.bytes);
    if (exchange === null) return [];
    exchanges.set(key, exchange);
    return [{ kind: "asked", exchange }];
  });
}

/** Behind the API's key and version. */
const CORRELATION_ID_OF_REQUEST = 4;

function keyOf({ connection, bytes }: SeenFrame, correlationIdAt: number): string {
  return `${connection} ${Buffer.from(bytes).readInt32BE(correlationIdAt)}`;
}

function exchangeOf({ connection, bytes }: SeenFrame, answer: Uint8Array): RecordedExchange | null {
  const request = decodeRequestFrame(bytes);
  if (!request.ok) throw new Error(request.malformed);
  const { api, header, body } = request.value;
  const { apiKey, apiVersion: version, clientId } = header;
  if (api === null && apiKey === ApiVersions.key) return null;
  if (api === null) throw new Error(`API ${apiKey} is not declared at version ${version}`);
  const response = decodeResponse(api, version, answer);
  if (!response.ok) throw new Error(response.malformed);
  return { connection, api, version, clientId, body, answer: response.value.body };
}

function fileOf(name: string): string {
  return inRepository("tests", "recordings", "sessions", `${name}${EXTENSION}`);
}
