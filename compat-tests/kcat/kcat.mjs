/** Runs of kcat: one that comes to its end, and one that is fed or listened to while it lives. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** So much kcat gathers before it looks at what came: less than that waits for more. */
const INPUT_CHUNK_BYTES = 1024;

/** A run that ended badly, with what it said of it. */
export class KcatError extends Error {}

/** `-F none`: without the settings of whoever runs this. `-E`: it goes on when no broker answers. */
const always = ["-F", "none", "-E", "-X", "client.id=compat-kcat", "-X", "log_level=0"];

/** Settings of librdkafka as arguments. */
export const set = (settings) => Object.entries(settings).flatMap(([name, value]) => ["-X", `${name}=${value}`]);

/** kcat takes `enable.auto.commit` for the setting of a topic, which a member does not look at. */
export const withoutCommits = { "enable.auto.offset.store": false };

/** Starts it. `onRemark` is given each line of its stderr. */
export function start(bootstrap, args, { onOutput = () => {}, onRemark = () => {} } = {}) {
  const child = spawn("kcat", ["-b", bootstrap, ...always, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  const remarks = [];
  child.stdout.on("data", onOutput);
  createInterface({ input: child.stderr }).on("line", (line) => {
    remarks.push(line);
    onRemark(line);
  });
  // It ended before it had read all: its exit code tells why.
  child.stdin.on("error", () => {});
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new KcatError(remarks.slice(-3).join(" ")));
    });
  });
  // Who is interested waits for it; the others stop it.
  ended.catch(() => {});
  return {
    ended,
    remarks,
    /** Lines that it has read when this was called. It skips the empty ones, which push the others through. */
    feed: (lines) => void child.stdin.write(`${lines.join("\n")}\n${"\n".repeat(INPUT_CHUNK_BYTES)}`),
    /** The end of its input: it sends what it has, and ends when all is acknowledged. */
    finish: (lines = []) => {
      child.stdin.end(lines.map((line) => `${line}\n`).join(""));
      return ended;
    },
    /** By a signal, which ends it in order; a transaction is aborted. It looks at it when its input goes on. */
    stop: () => {
      child.kill("SIGTERM");
      child.stdin.end();
      return ended;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Runs it with this input, and gives what it wrote. */
export async function run(bootstrap, args, lines = []) {
  const chunks = [];
  await start(bootstrap, args, { onOutput: (chunk) => void chunks.push(chunk) }).finish(lines);
  return Buffer.concat(chunks);
}

/** One line about the record, with the lengths of its key and value (-1: null), and after it these two. */
export const asRecords = ["-f", "%t %p %o %T %K %S %h\\n%k%s\\n"];

const LINE_FEED = 10;

/** Reads what kcat writes with `asRecords`, in whatever pieces it comes. */
export function recordReader(onRecord) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const lineEnd = rest.indexOf(LINE_FEED, at);
      if (lineEnd < 0) break;
      const [topic, ...words] = rest.toString("utf8", at, lineEnd).split(" ");
      const [partition, offset, timestamp, keyLength, valueLength] = words.slice(0, 5).map(Number);
      const keyStart = lineEnd + 1;
      const valueStart = keyStart + Math.max(0, keyLength);
      const valueEnd = valueStart + Math.max(0, valueLength);
      if (rest.length <= valueEnd) break;
      onRecord({
        topic,
        partition,
        offset,
        timestamp,
        key: keyLength < 0 ? null : rest.subarray(keyStart, valueStart),
        value: valueLength < 0 ? null : rest.subarray(valueStart, valueEnd),
        headers: headersIn(words.slice(5).join(" ")),
      });
      at = valueEnd + 1;
    }
    rest = rest.subarray(at);
  };
}

/** `a=1,b=2` as pairs of names and values. */
function headersIn(text) {
  if (text === "") return [];
  return text.split(",").map((pair) => {
    const [name, value] = pair.split("=");
    return [name, Buffer.from(value)];
  });
}
