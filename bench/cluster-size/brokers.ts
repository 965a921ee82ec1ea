/** Three brokers in a process of their own, so that asking them does not slow them down. Told what to do by messages. */
import { startCluster } from "../../src/index.js";

/** As they come. */
const sessionTimeoutMs = 9_000;
const TICK_MS = 5;

const cluster = await startCluster({
  brokers: 3,
  ephemeral: true,
  logLevel: "error",
  properties: {
    "broker.session.timeout.ms": sessionTimeoutMs,
    "offsets.topic.num.partitions": 1,
  },
});
// In CPU time: a machine that has other things to do as well holds nobody up for that reason.
let heldMs = 0;
let before = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(before);
  heldMs = Math.max(heldMs, (user + system) / 1000);
  before = process.cpuUsage();
}, TICK_MS);

process.on("message", (message) => void obey(String(message)));
process.send?.({ bootstrap: cluster.bootstrapServers, sessionTimeoutMs });

async function obey(line: string): Promise<void> {
  const [command, id] = line.split(" ");
  if (command === "kill") await cluster.killBroker(Number(id));
  if (command === "start") await cluster.startBroker(Number(id));
  if (command === "stop") {
    await cluster.stop();
    process.exit();
  }
  process.send?.({ heldMs: Math.round(heldMs), rssBytes: process.memoryUsage().rss });
  heldMs = 0;
}
