/** KIP-858 reserves the first hundred ids of folders; these have a meaning. */
import { ZERO_UUID } from "../../../protocol/wire/zero-uuid.js";

export const directoryIds = {
  /** The replica is older than the ids of folders. */
  MIGRATING: ZERO_UUID,
  /** The broker will say in which of its folders the replica lies. */
  UNASSIGNED: "AAAAAAAAAAAAAAAAAAAAAQ",
  /** The folder failed, and which one it was is not known. */
  LOST: "AAAAAAAAAAAAAAAAAAAAAg",
} as const;

export function isReservedDirectory(directoryId: string): boolean {
  const bytes = Buffer.from(directoryId, "base64url");
  return bytes.subarray(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) < 100;
}
