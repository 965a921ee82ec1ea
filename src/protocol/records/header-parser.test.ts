import { expect, test } from "vitest";
import { headerBytes, parseHeader } from "./header-parser.js";
import { readInt64 } from "./int64.js";
import * as layout from "./layout.js";

test("the named offsets lie where the declared layout puts each field", () => {
  const header = Buffer.from(Array.from({ length: layout.HEADER_BYTES }, (_, index) => (index * 37 + 11) & 0x3f));
  expect(headerBytes()).toBe(layout.HEADER_BYTES);
  expect(parseHeader(header)).toEqual({
    baseOffset: header.readBigInt64BE(layout.BASE_OFFSET),
    length: header.readInt32BE(layout.LENGTH),
    partitionLeaderEpoch: header.readInt32BE(layout.PARTITION_LEADER_EPOCH),
    magic: header.readInt8(layout.MAGIC),
    crc: header.readUInt32BE(layout.CRC),
    attributes: header.readInt16BE(layout.ATTRIBUTES),
    lastOffsetDelta: header.readInt32BE(layout.LAST_OFFSET_DELTA),
    baseTimestamp: header.readBigInt64BE(layout.BASE_TIMESTAMP),
    maxTimestamp: header.readBigInt64BE(layout.MAX_TIMESTAMP),
    producerId: header.readBigInt64BE(layout.PRODUCER_ID),
    producerEpoch: header.readInt16BE(layout.PRODUCER_EPOCH),
    baseSequence: header.readInt32BE(layout.BASE_SEQUENCE),
    recordsCount: header.readInt32BE(layout.RECORDS_COUNT),
  });
});

test("the prefix in front of every magic ends where the length does", () => {
  expect(layout.PREFIX_BYTES).toBe(layout.PARTITION_LEADER_EPOCH);
  expect(readInt64(Buffer.from("ffffffffffffffff", "hex"), 0)).toBe(-1);
});
