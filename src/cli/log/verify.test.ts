import { expect, test } from "vitest";
import { FileError } from "../../lib/environment.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import { exitCodes } from "../exit-codes.js";
import { diskWith, Lines, NOW_MS, segment } from "./log.test-data.js";
import { verifyLogs } from "./verify.js";

const batch = buildBatch({ records: [{ timestampMs: NOW_MS, key: null, value: Buffer.from("v") }], leaderEpoch: 0 });
const log = (name: string, bytes: Uint8Array = batch) => ({
  [`/data/${name}/${segment}`]: bytes,
  [`/data/${name}/00000000000000000000.index`]: "",
  [`/data/${name}/00000000000000000000.timeindex`]: "",
  [`/data/${name}/leader-epoch-checkpoint`]: "0\n1\n0 0\n",
});
const closed = { "/data/meta.properties": "version=1\n", "/data/.kafka_cleanshutdown": "" };

async function verify(files: ReturnType<typeof diskWith>, path: string, holder: string | null = null) {
  const output = new Lines();
  const code = await verifyLogs(files, path, () => holder, output);
  return { code, ...output };
}

test("sound logs end with a line that counts them, and exit code 0", async () => {
  const { code, printed, complaints } = await verify(diskWith({ ...closed, ...log("a-0"), ...log("b-12") }), "/data");
  expect(code).toBe(exitCodes.ok);
  expect(complaints).toEqual([]);
  expect(printed).toEqual([`Sound: 2 logs, 2 segments, 2 batches, 2 records, ${2 * batch.length} bytes; no damage.`]);
});

test("each damage is one sentence with file, position and offset, and the exit code is 1", async () => {
  const damaged = Buffer.from(batch);
  damaged[damaged.length - 1] = 0x55;
  const { code, printed } = await verify(diskWith({ ...closed, ...log("a-0", damaged), ...log("b-0") }), "/data");
  expect(code).toBe(exitCodes.failure);
  expect(printed[0]).toMatch(
    /^DAMAGE: \/data\/a-0\/0{20}\.log \(position 0, offset 0\) has a batch with a wrong CRC \(stored is \d+\)\.$/,
  );
  expect(printed[1]).toMatch(/^Damaged: 2 logs, 2 segments, 2 batches, 1 records, \d+ bytes; 1 damage\.$/);
  expect(printed).toHaveLength(2);
});

test("a file that cannot be read counts as damage, and the other logs are checked all the same", async () => {
  const files = diskWith({ ...closed, ...log("a-0"), ...log("b-0") });
  const open = files.open.bind(files);
  files.open = (path, how) => {
    if (path === `/data/a-0/${segment}`) throw new FileError("EIO", path, "The disk failed.");
    return open(path, how);
  };
  const { code, printed } = await verify(files, "/data");
  expect(code).toBe(exitCodes.failure);
  expect(printed[0]).toBe(`DAMAGE: /data/a-0/${segment} cannot be read. The disk failed.`);
  expect(printed[1]).toContain("1 batches");
});

test("the log of one partition may be verified alone, and a broker on its data folder is warned of", async () => {
  const { code, complaints } = await verify(diskWith({ ...closed, ...log("a-0") }), "/data/a-0", "process 7 on here");
  expect(code).toBe(exitCodes.ok);
  expect(complaints).toEqual([
    "The data folder /data is in use by process 7 on here. What it is writing just now may look damaged.",
  ]);
});

test("so is a data folder that was not closed", async () => {
  const { complaints } = await verify(diskWith(log("a-0")), "/data");
  expect(complaints[0]).toContain("The last broker did not close the data folder /data, or still uses it.");
});

test("of the folder of several brokers the logs of all are verified, and those of their metadata", async () => {
  const ofBroker = (id: number, log: string, bytes: Uint8Array = batch) => ({
    [`/data/broker-${id}/meta.properties`]: "version=1\n",
    [`/data/broker-${id}/.kafka_cleanshutdown`]: "",
    [`/data/broker-${id}/${log}/${segment}`]: bytes,
  });
  const files = diskWith({
    ...ofBroker(1, "a-0"),
    ...ofBroker(2, "a-0", Buffer.concat([batch, batch.subarray(0, 30)])),
    "/data/metadata/meta.properties": "version=1\n",
    [`/data/metadata/__cluster_metadata-0/${segment}`]: "",
  });
  const { code, printed, complaints } = await verify(files, "/data");
  expect([code, complaints]).toEqual([exitCodes.failure, []]);
  expect(printed.filter((line) => line.startsWith("DAMAGE"))).toEqual([
    expect.stringContaining(`/data/broker-2/a-0/${segment}`),
  ]);
  expect(printed.at(-1)).toContain("Damaged: 3 logs, 3 segments");
});

test.each([
  ["/nowhere", "/nowhere does not exist."],
  [`/data/a-0/${segment}`, `/data/a-0/${segment} is a file; verify takes a folder.`],
])("%s is a mistake on the command line", async (path, sentence) => {
  const { code, printed, complaints } = await verify(diskWith(log("a-0")), path);
  expect(code).toBe(exitCodes.usage);
  expect(printed).toEqual([]);
  expect(complaints).toEqual([sentence]);
});
