import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Child } from "../support/child-process.js";
import { inRepository } from "../support/repository.js";
import { type TwoHosts, twoHosts } from "./namespaces.js";

let hosts: TwoHosts;
const brokers: Child[] = [];

beforeAll(() => {
  hosts = twoHosts("reach");
});

afterAll(async () => {
  for (const broker of brokers) await broker.stop();
  hosts.remove();
});

async function startBroker(port: number, env: Record<string, string>, ...args: string[]): Promise<Child> {
  const broker = new Child({
    command: "ip",
    args: ["netns", "exec", hosts.broker.namespace, process.execPath, inRepository("dist", "samsa.js"), "start"].concat(
      ["--ephemeral", "--json"],
      args.length > 0 ? args : ["--port", String(port)],
    ),
    env,
  });
  brokers.push(broker);
  await broker.firstLine((line) => (line.startsWith('{"event":"ready"') ? line : undefined), 20_000);
  return broker;
}

/** What a client on the given host is told, having come through `bootstrap`. */
function toldTo(namespace: string, bootstrap: string, ...args: string[]): string[] {
  const script = inRepository("tests", "network", "metadata-client.ts");
  const output = execFileSync("ip", [
    "netns",
    "exec",
    namespace,
    process.execPath,
    "--import",
    "tsx",
    script,
    bootstrap,
    ...args,
  ]);
  return JSON.parse(output.toString());
}

describe("without advertised.listeners", () => {
  test("each client is told the address through which it came in, and can use it", async () => {
    await startBroker(9092, {}, "--listen", "PLAINTEXT://0.0.0.0:9092");
    const { broker, client } = hosts;
    expect(toldTo(client.namespace, `${broker.address}:9092`, "--produce")).toEqual([`${broker.address}:9092`]);
    expect(toldTo(broker.namespace, "127.0.0.1:9092", "--produce")).toEqual(["127.0.0.1:9092"]);
  });

  test("in a container it listens on every interface, and tells its gateway localhost", async () => {
    hosts.routeThroughClient();
    await startBroker(9093, { KUBERNETES_SERVICE_HOST: "192.0.2.200" });
    const { broker, client } = hosts;
    expect(toldTo(client.namespace, `${broker.address}:9093`)).toEqual(["localhost:9093"]);
    expect(toldTo(broker.namespace, `${broker.address}:9093`)).toEqual([`${broker.address}:9093`]);
  });

  test("a rule for the client's network goes before the address through which it came in", async () => {
    const rule = `samsa.advertised.by.peer=${hosts.client.address}/32=published.example:19092`;
    await startBroker(9094, {}, "--listen", "PLAINTEXT://0.0.0.0:9094", "--set", rule);
    const { broker, client } = hosts;
    expect(toldTo(client.namespace, `${broker.address}:9094`)).toEqual(["published.example:19092"]);
    expect(toldTo(broker.namespace, "127.0.0.1:9094", "--produce")).toEqual(["127.0.0.1:9094"]);
  });
});

describe("with advertised.listeners", () => {
  test("every client is told just that", async () => {
    const advertised = `advertised.listeners=PLAINTEXT://${hosts.broker.address}:9095`;
    await startBroker(9095, {}, "--listen", "PLAINTEXT://0.0.0.0:9095", "--set", advertised);
    const { broker } = hosts;
    expect(toldTo(broker.namespace, "127.0.0.1:9095", "--produce")).toEqual([`${broker.address}:9095`]);
  });
});
