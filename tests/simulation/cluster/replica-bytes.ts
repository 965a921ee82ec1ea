/** The log of a partition as it lies on the disk of a broker, segment behind segment. */
import type { DiskEntry } from "../../../src/environments/simulated/disk.js";
import type { SimulatedHost } from "../../../src/environments/simulated/simulation.js";
import { invariant } from "../../../src/lib/invariant.js";
import { DATA_FOLDER } from "../broker.js";

export function logBytes({ disk }: SimulatedHost, topic: string, partition: number): Buffer {
  let entry: DiskEntry | undefined = disk.root;
  for (const name of [...DATA_FOLDER.split("/").filter((part) => part !== ""), `${topic}-${partition}`]) {
    entry = entry?.kind === "folder" ? entry.entries.get(name) : undefined;
  }
  invariant(entry?.kind === "folder", `${topic}-${partition} has a folder`);
  const segments = [...entry.entries]
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
