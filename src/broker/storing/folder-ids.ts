import type { LogStore } from "../../storage/folders/log-store.js";

/** The ids of a broker's data folders (KIP-858). One that could not be read since the broker started has none. */
export interface FolderIds {
  readonly working: readonly string[];
  readonly failed: readonly string[];
}

export function folderIdsOf({ folders }: Pick<LogStore, "folders">): FolderIds {
  const idsOf = (isFailed: boolean) =>
    folders.flatMap(({ directory, failure }) =>
      (failure !== null) === isFailed ? (directory?.owner?.directoryId ?? []) : [],
    );
  return { working: idsOf(false), failed: idsOf(true) };
}
