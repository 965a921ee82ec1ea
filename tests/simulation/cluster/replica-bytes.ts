/** The log of a partition as it lies on the disk of a broker, segment behind segment. It begins with the first record. */
import type { DiskEntry, DiskFolder } from "../../../src/environments/simulated/disk.js";
import type { SimulatedHost } from "../../../src/environments/simulated/simulation.js";
import { invariant } from "../../../src/lib/invariant.js";
import { DATA_FOLDER } from "../broker.js";

export function logBytes(host: SimulatedHost, topic: string, partition: number): Buffer {
  const segments = [...(partitionFolder(host, topic, partition)?.entries ?? [])]
    .filter(([name]) => name.endsWith(".log"))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.concat(
    segments.map(([, segment]) => {
      invariant(segment.kind === "file", "a segment is a file");
      const bytes = Buffer.alloc(segment.content.seen.length);
      segment.content.seen.read(bytes, 0);
      return bytes;
    }),
  );
}

/** Null: it has none, as nothing was ever appended. */
export function partitionFolder({ disk }: SimulatedHost, topic: string, partition: number): DiskFolder | null {
  let entry: DiskEntry | undefined = disk.root;
  for (const name of [...DATA_FOLDER.split("/").filter((part) => part !== ""), `${topic}-${partition}`]) {
    entry = entry?.kind === "folder" ? entry.entries.get(name) : undefined;
  }
  return entry?.kind === "folder" ? entry : null;
}
