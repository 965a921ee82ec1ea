/**
 * Where the fields of a record batch (magic 2) lie: the named offsets of the hot path.
 * The layout is declared field by field in `header-parser.ts`; a test proves that the two agree.
 */
export const BASE_OFFSET = 0;
/** Counts the bytes behind itself. */
export const LENGTH = 8;
export const PARTITION_LEADER_EPOCH = 12;
export const MAGIC = 16;
/** CRC-32C of everything from `ATTRIBUTES` to the end of the batch. */
export const CRC = 17;
export const ATTRIBUTES = 21;
export const LAST_OFFSET_DELTA = 23;
export const BASE_TIMESTAMP = 27;
export const MAX_TIMESTAMP = 35;
export const PRODUCER_ID = 43;
export const PRODUCER_EPOCH = 51;
export const BASE_SEQUENCE = 53;
export const RECORDS_COUNT = 57;

/** The size of the whole header; the records begin here. */
export const HEADER_BYTES = 61;
/** Base offset and length: what must be read to know how long a batch is. It stands in front of every magic. */
export const PREFIX_BYTES = 12;

/** The bits of `ATTRIBUTES`. */
export const CODEC_MASK = 0x07;
export const LOG_APPEND_TIME_BIT = 0x08;
export const TRANSACTIONAL_BIT = 0x10;
export const CONTROL_BIT = 0x20;
/** KIP-534: the base timestamp holds the time at which the tombstones in the batch may go. */
export const DELETE_HORIZON_BIT = 0x40;

export const NO_PRODUCER_ID = -1;
export const NO_PRODUCER_EPOCH = -1;
export const NO_SEQUENCE = -1;
export const NO_LEADER_EPOCH = -1;
export const NO_TIMESTAMP = -1;
