import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecordBatch } from "../../protocol/records/batch.js";
import { buildBatch } from "../../protocol/records/build-batch.js";
import * as layout from "../../protocol/records/layout.js";
import { memoryFiles, wrappedFile, wrappedFiles } from "../storage.test-data.js";
import { Findings } from "./findings.js";
import { BATCH_BYTES, BATCHES, change, closedLog, firstSegment, folder, verified } from "./inspection.test-data.js";
import { verifyLog } from "./verify-log.js";

const index = firstSegment.replace(".log", ".index");
const timeIndex = firstSegment.replace(".log", ".timeindex");
const epochs = `${folder}/leader-epoch-checkpoint`;

describe("a log that is sound", () => {
  test("has no findings, and every batch of every segment was looked at", async () => {
    const files = await closedLog({ segmentBytes: 12 * BATCH_BYTES });
    const totals = { segments: 0, batches: 0, records: 0, bytes: 0 };
    const findings = new Findings(() => expect.unreachable());
    verifyLog(files, folder, findings, totals);
    expect(totals).toEqual({ segments: 4, batches: BATCHES, records: BATCHES, bytes: BATCHES * BATCH_BYTES });
    expect(findings.damages).toBe(0);
  });

  test("is only read", async () => {
    const files = await closedLog();
    const refuse = () => expect.unreachable();
    const readOnly = wrappedFiles(files, {
      open: (path, how) => {
        expect(how).toBe("read");
        return wrappedFile(files.open(path, how), { write: refuse, truncate: refuse });
      },
      ...{ createFolder: refuse, rename: refuse, remove: refuse, lock: refuse },
    });
    const findings = new Findings(refuse);
    verifyLog(readOnly, folder, findings, { segments: 0, batches: 0, records: 0, bytes: 0 });
  });

  test("may have indexes with zeros behind their entries, as Apache Kafka leaves them after a crash", async () => {
    const files = await closedLog();
    for (const path of [index, timeIndex]) change(files, path, (bytes) => Buffer.concat([bytes, Buffer.alloc(2400)]));
    expect(verified(files)).toEqual([]);
  });

  test("may lack what is made anew, which is remarked", async () => {
    const files = await closedLog();
    for (const path of [index, timeIndex, epochs]) files.remove(path);
    expect(verified(files)).toEqual([
      "remark leader-epoch-checkpoint - - is missing, so the epochs of the batches are not checked",
      "remark 00000000000000000000.index - - is missing; the broker makes it anew when it needs it",
      "remark 00000000000000000000.timeindex - - is missing; the broker makes it anew when it needs it",
    ]);
  });
});

describe("damage in a segment", () => {
  test("a changed record is found by its CRC, and the batches behind it are checked all the same", async () => {
    const files = await closedLog();
    change(files, firstSegment, (bytes) => {
      for (const batch of [4, 9]) bytes[batch * BATCH_BYTES + 500] = 0;
      return bytes;
    });
    const crc = /^damage 0{20}\.log (\d+) (\d+) has a batch with a wrong CRC \(stored is \d+\)$/;
    expect(verified(files).map((line) => crc.exec(line)?.slice(1))).toEqual([
      [String(4 * BATCH_BYTES), "4"],
      [String(9 * BATCH_BYTES), "9"],
    ]);
  });

  test("a torn end", async () => {
    const files = await closedLog();
    change(files, firstSegment, (bytes) => bytes.subarray(0, 39 * BATCH_BYTES + 100));
    expect(verified(files)).toEqual(
      [
        `damage 00000000000000000000.log ${39 * BATCH_BYTES} 39 has a batch that should be ${BATCH_BYTES} bytes long, ` +
          "but ends after 100; 100 bytes from there cannot be read",
        expect.stringMatching(/^damage 0{20}\.snapshot|^damage/),
      ].slice(0, 1),
    );
  });

  test("zeros at the end", async () => {
    const files = await closedLog();
    change(files, firstSegment, (bytes) => Buffer.concat([bytes, Buffer.alloc(300)]));
    expect(verified(files)).toEqual([
      `damage 00000000000000000000.log ${BATCHES * BATCH_BYTES} ${BATCHES} has zeros where a batch should begin; ` +
        "300 bytes from there cannot be read",
    ]);
  });

  test("behind a broken length the next index entry tells where to go on", async () => {
    const files = await closedLog();
    change(files, firstSegment, (bytes) => {
      bytes.writeInt32BE(7, BATCH_BYTES + layout.LENGTH);
      bytes[30 * BATCH_BYTES + 500] = 0;
      return bytes;
    });
    const [length, crc, ...others] = verified(files);
    expect(length).toBe(
      `damage 00000000000000000000.log ${BATCH_BYTES} 1 has a batch that would be only 19 bytes long, ` +
        `less than its header; ${3 * BATCH_BYTES} bytes from there cannot be read`,
    );
    expect(crc).toContain(`damage 00000000000000000000.log ${30 * BATCH_BYTES} 30 has a batch with a wrong CRC`);
    expect(others).toEqual([]);
  });

  test("offsets that go back are reported once", async () => {
    const files = await closedLog();
    change(files, firstSegment, (bytes) => {
      bytes.writeBigInt64BE(1n, 10 * BATCH_BYTES);
      return bytes;
    });
    expect(verified(files)).toEqual([
      `damage 00000000000000000000.log ${10 * BATCH_BYTES} 1 has a batch that begins at offset 1, ` +
        "though what stands before it reaches to 9",
    ]);
  });

  test("records that do not fill their batch", async () => {
    const files = await closedLog();
    const records = [{ timestampMs: 1, key: null, value: Buffer.from("v") }];
    const batch = Buffer.from(buildBatch({ records, baseOffset: BATCHES, leaderEpoch: 5 }));
    const open = Buffer.concat([batch, Buffer.alloc(9)]);
    open.writeInt32BE(open.length - layout.PREFIX_BYTES, layout.LENGTH);
    new RecordBatch(open, 0).writeCrc();
    change(files, firstSegment, (bytes) => Buffer.concat([bytes, open]));
    expect(verified(files)).toEqual([
      `damage 00000000000000000000.log ${BATCHES * BATCH_BYTES} ${BATCHES} has a batch that cannot be opened: ` +
        "Record batch has 9 bytes behind its last record",
    ]);
  });

  test("a bit that flips anywhere behind the base offset of a batch is found", async () => {
    const files = await closedLog();
    const position = fc.integer({ min: 0, max: BATCHES * BATCH_BYTES - 1 }).filter((at) => at % BATCH_BYTES >= 8);
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const flip = (bytes: Buffer) => {
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          return bytes;
        };
        change(files, firstSegment, flip);
        expect(verified(files).some((line) => line.startsWith("damage"))).toBe(true);
        change(files, firstSegment, flip);
      }),
      { numRuns: 200, seed: 4 },
    );
    expect(verified(files)).toEqual([]);
  });

  test("whatever bytes stand in the files, the verification ends", async () => {
    const files = await closedLog();
    const bytes = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (log, offsets, times) => {
        change(files, firstSegment, () => log);
        change(files, index, () => offsets);
        change(files, timeIndex, () => times);
        expect(() => verified(files)).not.toThrow();
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  test("a file with very much of it is listed only so far, and counted in full", async () => {
    const files = memoryFiles();
    files.createFolder(folder);
    const batch = Buffer.from(buildBatch({ records: [{ timestampMs: 1, key: null, value: null }] }));
    batch.writeUInt32BE(0, layout.CRC);
    change(files, firstSegment, () => Buffer.concat(Array.from({ length: 80 }, () => batch)));
    const lines: string[] = [];
    const findings = new Findings(({ what }) => lines.push(what));
    verifyLog(files, folder, findings, { segments: 0, batches: 0, records: 0, bytes: 0 });
    expect(findings.damages).toBe(80);
    expect(lines.filter((line) => line.includes("CRC"))).toHaveLength(50);
    expect(lines.at(-1)).toBe("has more damage, which is counted but not listed");
  });
});

describe("damage beside the segments", () => {
  test("an index entry that points between two batches", async () => {
    const files = await closedLog();
    change(files, index, (bytes) => {
      bytes.writeInt32BE(bytes.readInt32BE(12) + 1, 12);
      return bytes;
    });
    const [line, ...others] = verified(files);
    expect(line).toMatch(/^damage 0{20}\.index 8 \d+ has an entry that points at position \d+, where no batch begins$/);
    expect(others).toEqual([]);
  });

  test("an index entry with the offset of another batch, and one beyond the log", async () => {
    const files = await closedLog();
    change(files, index, (bytes) => {
      bytes.writeInt32BE(bytes.readInt32BE(0) + 1000, 0);
      bytes.writeInt32BE(1_000_000, bytes.length - 4);
      return bytes;
    });
    const lines = verified(files);
    expect(lines).toHaveLength(2);
    expect(lines.join("\n")).toMatch(/\.index 0 1\d\d\d has an entry that points at .* with which no batch there ends/);
    expect(lines.join("\n")).toContain(`points at position 1000000, but the log has ${BATCHES * BATCH_BYTES} bytes`);
  });

  test("a time index with another timestamp, and one that ends in an entry", async () => {
    const files = await closedLog();
    change(files, timeIndex, (bytes) => {
      bytes.writeInt32BE(bytes.readInt32BE(4) - 1, 4);
      return Buffer.concat([bytes, Buffer.from([1])]);
    });
    const lines = verified(files);
    expect(lines[0]).toBe("damage 00000000000000000000.timeindex - - ends in the middle of an entry");
    expect(lines[1]).toMatch(/^damage 0{20}\.timeindex 0 \d+ has an entry that says that \d+ is the latest timestamp/);
    expect(lines).toHaveLength(2);
  });

  test("epochs that are not those of the batches", async () => {
    const files = await closedLog();
    change(files, epochs, () => Buffer.from("0\n1\n3 0\n"));
    expect(verified(files)).toEqual([
      `damage leader-epoch-checkpoint - 20 has epoch 3 at offset 20, but the batch there is of epoch 5`,
    ]);
  });

  test.each([
    ["1\n0\n", 'is of version "1", which is unknown'],
    ["0\n2\n3 0\n", 'says that it has "2" entries, but has 1'],
    ["0\n1\nthree 0\n", 'has a line that is no entry: "three 0"'],
    ["0\n2\n3 0\n2 20\n", 'does not rise: the entry "2 20" stands behind "3 0"'],
  ])("a checkpoint of epochs that reads %j", async (text, what) => {
    const files = await closedLog();
    change(files, epochs, () => Buffer.from(text));
    expect(verified(files)).toEqual([`damage leader-epoch-checkpoint - - ${what}`]);
  });

  test("a snapshot with a wrong CRC", async () => {
    const files = await closedLog();
    const name = files.list(folder).find((one) => one.endsWith(".snapshot"));
    change(files, `${folder}/${name}`, (bytes) => {
      bytes[20] = 0x55;
      return bytes;
    });
    const [line, ...others] = verified(files);
    expect(line).toMatch(new RegExp(`^damage ${name} - - has a wrong CRC: stored is \\d+, computed \\d+$`));
    expect(others).toEqual([]);
  });
});
