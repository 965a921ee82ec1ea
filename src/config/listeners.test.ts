import { describe, expect, test } from "vitest";
import type { Listeners } from "./listeners.js";
import { loadConfig } from "./load.js";

function read(properties: Record<string, string>): Listeners | string {
  const sets = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  const loaded = loadConfig({ env: {}, sets, flags: {} });
  return "errors" in loaded ? (loaded.errors[0] ?? "") : loaded.config.listeners;
}

const A_AND_B = "A:PLAINTEXT,B:PLAINTEXT,PLAINTEXT:PLAINTEXT,S:SSL";

describe("what is read", () => {
  test("names become capitals, brackets fall away, no host means every interface", () => {
    expect(read({ listeners: "plaintext://[::1]:9092" })).toMatchObject({
      opened: [{ name: "PLAINTEXT", host: "::1", port: 9092 }],
    });
    expect(read({ listeners: "PLAINTEXT://:0" })).toMatchObject({ opened: [{ host: "", port: 0 }] });
    expect(read({ listeners: "PLAINTEXT://my_host-1.example:9092" })).toMatchObject({
      opened: [{ host: "my_host-1.example" }],
    });
  });

  test("listeners of the controller are neither opened nor advertised, and need no protocol", () => {
    const listeners = read({
      listeners: "PLAINTEXT://:9092,CONTROLLER://:9093",
      "advertised.listeners": "PLAINTEXT://h:9092,CONTROLLER://h:9093",
    });
    expect(listeners).toMatchObject({ opened: [{ name: "PLAINTEXT" }] });
    expect(typeof listeners === "string" ? listeners : [...listeners.advertised.keys()]).toEqual(["PLAINTEXT"]);
  });

  test("an advertised listener without a host leaves its address to the connection", () => {
    const listeners = read({ "advertised.listeners": "PLAINTEXT://:9092" });
    expect(typeof listeners === "string" ? listeners : listeners.advertised.size).toBe(0);
  });

  test("one port serves IPv4 and IPv6, and port 0 any number of listeners", () => {
    const map = { "listener.security.protocol.map": A_AND_B };
    expect(read({ ...map, listeners: "A://127.0.0.1:9092,B://[::1]:9092" })).toMatchObject({ opened: [{}, {}] });
    expect(read({ ...map, listeners: "A://h:0,B://h:0" })).toMatchObject({ opened: [{}, {}] });
  });

  test("brokers speak over the listener that is named, or named like their protocol, or the first", () => {
    const map = { "listener.security.protocol.map": A_AND_B };
    const two = { ...map, listeners: "A://h:1,PLAINTEXT://h:2" };
    expect(read({ ...two, "inter.broker.listener.name": "a" })).toMatchObject({ interBrokerName: "A" });
    expect(read(two)).toMatchObject({ interBrokerName: "PLAINTEXT" });
    expect(read({ ...map, listeners: "A://h:1,B://h:2" })).toMatchObject({ interBrokerName: "A" });
  });
});

describe("what is refused", () => {
  test.each([
    [{ listeners: "garbage" }, "listeners: unable to read garbage as NAME://host:port"],
    [{ listeners: "PLAINTEXT://h:" }, "unable to read"],
    [
      { listeners: "PLAINTEXT://h:65536" },
      "unable to read PLAINTEXT://h:65536 as NAME://host:port: a port is at most 65535",
    ],
    [{ listeners: "PLAINTEXT://h:-1" }, "unable to read"],
    [{ listeners: "PLAINTEXT:/h:9092" }, "unable to read"],
    [{ listeners: "PLAINTEXT://*:9092" }, "unable to read"],
    [{ listeners: "" }, "Configuration 'listeners' must not be empty"],
    [{ listeners: "FOO://:9092" }, "no security protocol is defined for listener FOO; add FOO:PLAINTEXT"],
    [{ listeners: "PLAINTEXT://:1,PLAINTEXT://:2" }, "each listener must have a different name"],
    [{ listeners: "PLAINTEXT://:1,S://:1", "listener.security.protocol.map": A_AND_B }, "a different port (1)"],
    [{ listeners: "CONTROLLER://:9093" }, "holds only listeners of the controller"],
    [{ listeners: "SSL://:9092" }, "listeners: the security protocol SSL is not supported yet; use PLAINTEXT"],
    [
      { listeners: "OUT://:9092", "listener.security.protocol.map": "OUT:SASL_PLAINTEXT" },
      "listeners: the security protocol SASL_PLAINTEXT of OUT is not supported yet",
    ],
    [{ "advertised.listeners": "PLAINTEXT://0.0.0.0:9092" }, "cannot use the nonroutable address 0.0.0.0"],
    [{ "advertised.listeners": "PLAINTEXT://h:0" }, "port 0 cannot be advertised"],
    [{ "advertised.listeners": "SSL://h:1" }, "SSL is not one of the listeners PLAINTEXT"],
    [{ "listener.security.protocol.map": "PLAINTEXT:FOO" }, "Invalid security protocol `FOO`"],
    [{ "listener.security.protocol.map": "PLAINTEXT" }, "must have the form NAME:PROTOCOL"],
    [{ "inter.broker.listener.name": "NOPE" }, "Listener NOPE of inter.broker.listener.name is not in"],
    [{ "inter.broker.listener.name": "SSL" }, "SSL is not one of the listeners PLAINTEXT"],
    [
      { "inter.broker.listener.name": "PLAINTEXT", "security.inter.broker.protocol": "PLAINTEXT" },
      "Only one of inter.broker.listener.name and security.inter.broker.protocol should be set",
    ],
  ] as [Record<string, string>, string][])("%j", (properties, error) => {
    expect(read(properties)).toContain(error);
  });
});
