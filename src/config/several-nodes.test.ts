import { describe, expect, test } from "vitest";
import { loadConfig } from "./load.js";
import { loadClusterConfigs } from "./load-cluster.js";

const etcd = ["samsa.metadata.engine=etcd", "samsa.metadata.etcd.endpoints=e1:2379"];

function errorsOf(...sets: readonly string[]): readonly string[] {
  const loaded = loadConfig({ env: {}, sets: [...etcd, ...sets], flags: {} });
  return "errors" in loaded ? loaded.errors : [];
}

describe("one of several nodes", () => {
  test("says which one it is", () => {
    expect(errorsOf("listeners=PLAINTEXT://b1:9092")).toEqual([expect.stringContaining("node.id must be set")]);
    expect(errorsOf("node.id=2")).toEqual([]);
    expect(errorsOf("broker.id=2")).toEqual([]);
  });

  test("tells the others an address at which they can reach it", () => {
    for (const host of ["0.0.0.0", "[::]"]) {
      const listeners = `listeners=PLAINTEXT://${host}:9092`;
      expect(errorsOf("node.id=1", listeners)).toEqual([expect.stringContaining("advertised.listeners")]);
      expect(errorsOf("node.id=1", listeners, "advertised.listeners=PLAINTEXT://b1:9092")).toEqual([]);
    }
    expect(errorsOf("node.id=1", "listeners=PLAINTEXT://:9092")).toEqual([]);
  });

  test("has a process of its own", () => {
    const read = loadClusterConfigs({ env: {}, sets: [...etcd, "node.id=1"], flags: {} }, 3);
    expect(read).toMatchObject({ errors: [expect.stringContaining("one broker in each process")] });
  });

  test("is not told that it is alone", () => {
    const sets = [...etcd, "node.id=1", "controller.quorum.voters=1@a:9093,2@b:9093,3@c:9093"];
    expect(loadConfig({ env: {}, sets, flags: {} })).toMatchObject({ warnings: [] });
  });
});
