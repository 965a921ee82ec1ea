import { Produce } from "../../../src/protocol/messages/00-produce.js";
import { AlterReplicaLogDirs } from "../../../src/protocol/messages/34-alter-replica-log-dirs.js";
import { DescribeLogDirs } from "../../../src/protocol/messages/35-describe-log-dirs.js";
import { batchOf, produceTo } from "../requests.js";
import { scenario } from "../scenario.js";

export const alterReplicaLogDirs = scenario("alter-replica-log-dirs", async (session) => {
  await session.topic("moved", 2);
  const connection = await session.connect();
  await connection.send(Produce, 9, produceTo("moved", batchOf(["0"])));
  const described = await connection.send(DescribeLogDirs, 4, { topics: [{ topic: "moved", partitions: [0] }] });
  const here = described.results[0]?.logDir ?? "";
  const to = (path: string, name: string, ...partitions: number[]) => ({ path, topics: [{ name, partitions }] });
  for (const version of [1, 2]) {
    await connection.send(AlterReplicaLogDirs, version, { dirs: [to(here, "moved", 0, 1)] });
    await connection.send(AlterReplicaLogDirs, version, { dirs: [to("/no/such/folder", "moved", 0, 1)] });
  }
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [{ path: here, topics: [] }] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to(here, "moved")] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to("", "moved", 0)] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to(here, "moved", 7, -1)] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to(here, "moved-unknown", 0)] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to("/no/such/folder", "moved-unknown", 0)] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to(here, "not a name", 0)] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to(`${here}/`, "moved", 0)] });
  // The same partition into two folders, and named twice.
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to(here, "moved", 0, 0), to("/no/such/folder", "moved", 0)] });
  await connection.send(AlterReplicaLogDirs, 2, { dirs: [to("/no/such/folder", "moved", 0), to(here, "moved", 0)] });
  await connection.send(DescribeLogDirs, 4, { topics: [{ topic: "moved", partitions: [0, 1] }] });
});
