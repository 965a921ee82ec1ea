import { expect, test } from "vitest";
import { memoryFiles } from "../storage.test-data.js";
import { LogDirectory } from "./log-directory.js";

const owner = { clusterId: "cluster-a", nodeId: 1, directoryId: "AAAAAAAAAAAAAAAAAAAAAQ" };

function opened(files = memoryFiles()): LogDirectory {
  const directory = LogDirectory.open(files, "/data");
  if ("problem" in directory) throw new Error(directory.problem);
  return directory;
}

test("a new folder belongs to whoever claims it first", () => {
  const files = memoryFiles();
  const directory = opened(files);
  expect(directory.owner).toBeNull();
  expect(directory.claim(owner)).toBeNull();
  directory.release();
  const again = opened(files);
  expect(again.owner).toEqual(owner);
  expect(again.claim({ ...owner, directoryId: "another" })).toBeNull();
  expect(again.claim({ ...owner, clusterId: "cluster-b" })?.problem).toMatch(/belongs to the cluster cluster-a/);
  expect(again.claim({ ...owner, nodeId: 2 })?.problem).toMatch(/belongs to node 1/);
});

test("a folder that is in use is refused with the reason", () => {
  const files = memoryFiles();
  opened(files);
  expect(LogDirectory.open(files, "/data")).toMatchObject({ problem: expect.stringMatching(/is in use by/) });
});

test("the properties of Apache Kafka are understood, damaged ones and those of other versions are not overwritten", () => {
  const files = memoryFiles();
  files.createFolder("/data");
  const write = (text: string) => {
    const file = files.open("/data/meta.properties", "create");
    file.truncate(0);
    file.write([Buffer.from(text)], 0);
  };
  write(
    `#\n#Fri Nov 20 10:00:00 UTC 2026\ncluster.id=${owner.clusterId}\nnode.id=1\ndirectory.id=${owner.directoryId}\nversion=1\n`,
  );
  const directory = opened(files);
  expect(directory.owner).toEqual(owner);
  directory.release();
  write("cluster.id=\n");
  expect(LogDirectory.open(files, "/data")).toMatchObject({ problem: expect.stringMatching(/is damaged/) });
  for (const version of [0, 2]) {
    write(`cluster.id=${owner.clusterId}\nnode.id=1\ndirectory.id=${owner.directoryId}\nversion=${version}\n`);
    const problem = expect.stringContaining(`has version ${version} of its format`);
    expect(LogDirectory.open(files, "/data")).toMatchObject({ problem });
  }
});
