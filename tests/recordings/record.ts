/**
 * `npm run record [-- CLIENT...]`: runs what real clients can do against Apache Kafka, with a proxy in between, and
 * writes what was said to `sessions/CLIENT.txt`. A client is a folder of `clients/`; its `run.sh SERVERS` brings the
 * client, prints its name and version, and goes through its session.
 */
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startApacheKafka } from "../support/apache-kafka.js";
import { freePort } from "../support/free-port.js";
import { inRepository } from "../support/repository.js";
import { runCommandToSuccess } from "../support/run-command.js";
import { eventsOf, storeSession } from "./recorded-session.js";
import { RecordingProxy } from "./recording-proxy.js";

const SESSION_MS_MAX = 300_000;
/** What a client sends while it closes. */
const FAREWELL_MS = 200;

const clients = inRepository("tests", "recordings", "clients");
const chosen = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(clients).sort();
for (const name of chosen) await recordClient(name);

async function recordClient(name: string): Promise<void> {
  const [port, proxyPort] = [await freePort(), await freePort()];
  const broker = await startApacheKafka({ properties: await behindProxy(port, proxyPort) });
  const proxy = await RecordingProxy.listen(proxyPort, { host: "127.0.0.1", port });
  try {
    const command = [`${clients}/${name}/run.sh`, `127.0.0.1:${proxyPort}`];
    const { stdout } = await runCommandToSuccess("bash", command, { timeoutMs: SESSION_MS_MAX });
    await sleep(FAREWELL_MS);
    const session = { name, client: stdout.split("\n")[0] ?? name, frames: proxy.frames };
    storeSession(session);
    const asked = eventsOf(session).filter(({ kind }) => kind === "asked");
    const pairs = new Set(asked.map(({ exchange }) => `${exchange.api.name} ${exchange.version}`));
    console.log(`${session.client}: ${asked.length} requests, ${[...pairs].sort().join(", ")}`);
  } finally {
    await proxy.close();
    await broker.dispose();
  }
}

/** Clients are told the port of the proxy; the broker itself talks to itself on a listener of its own. */
async function behindProxy(port: number, proxyPort: number): Promise<Record<string, string>> {
  const [internal, controller] = [await freePort(), await freePort()];
  const at = (listenerPort: number) => `127.0.0.1:${listenerPort}`;
  return {
    listeners: `PLAINTEXT://${at(port)},INTERNAL://${at(internal)},CONTROLLER://${at(controller)}`,
    "advertised.listeners": `PLAINTEXT://${at(proxyPort)},INTERNAL://${at(internal)}`,
    "inter.broker.listener.name": "INTERNAL",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "controller.quorum.voters": `1@${at(controller)}`,
    // Fifty partitions would fill a recording with metadata that says nothing.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
  };
}
