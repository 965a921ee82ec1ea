import { fileError } from "../file-failures.js";

/** One name in a folder tree: a folder, or a file with content of type `C`. */
export type Entry<C> = Folder<C> | Leaf<C>;

export interface Folder<C> {
  readonly kind: "folder";
  readonly entries: Map<string, Entry<C>>;
  modifiedMs: number;
}

interface Leaf<C> {
  readonly kind: "file";
  readonly content: C;
}

export function emptyFolder<C>(modifiedMs: number): Folder<C> {
  return { kind: "folder", entries: new Map(), modifiedMs };
}

/** The names that lead from the root to `path`. Both kinds of slash part them; `.` and `..` are taken out. */
function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of (path.includes("\\") ? path.replaceAll("\\", "/") : path).split("/")) {
    if (name === "" || name === ".") continue;
    if (name === "..") names.pop();
    else names.push(name);
  }
  return names;
}

/** These processes run in the root folder. */
export function absolutePath(path: string): string {
  return `/${namesOf(path).join("/")}`;
}

/** What stands at `path`, or null. Throws `ENOTDIR` where the way leads through a file. */
export function find<C>(root: Folder<C>, path: string): Entry<C> | null {
  return walk(root, namesOf(path), path);
}

function walk<C>(root: Folder<C>, names: readonly string[], path: string): Entry<C> | null {
  let entry: Entry<C> = root;
  for (const name of names) {
    if (entry.kind === "file") throw fileError("ENOTDIR", path);
    const next = entry.entries.get(name);
    if (next === undefined) return null;
    entry = next;
  }
  return entry;
}

/** The folder that holds the last name of `path`, and that name. Throws `ENOENT` or `ENOTDIR`. */
export function parentOf<C>(root: Folder<C>, path: string): { folder: Folder<C>; name: string } {
  const names = namesOf(path);
  const name = names.pop();
  if (name === undefined) throw fileError("EPERM", path, "the root folder");
  const folder = walk(root, names, path);
  if (folder === null) throw fileError("ENOENT", path);
  if (folder.kind === "file") throw fileError("ENOTDIR", path);
  return { folder, name };
}

/** Makes the folder and its parents; returns those that are new, outermost first. */
export function makeFolders<C>(root: Folder<C>, path: string, modifiedMs: number): { in: Folder<C>; name: string }[] {
  const made: { in: Folder<C>; name: string }[] = [];
  let folder = root;
  for (const name of namesOf(path)) {
    let entry = folder.entries.get(name);
    if (entry === undefined) {
      entry = emptyFolder(modifiedMs);
      folder.entries.set(name, entry);
      made.push({ in: folder, name });
    }
    if (entry.kind === "file") throw fileError("ENOTDIR", path);
    folder = entry;
  }
  return made;
}

/** Moves an entry as `rename(2)` does: over a file or an empty folder, never over a full one. */
export function moveEntry<C>(root: Folder<C>, from: string, to: string): { replaced: Entry<C> | null } {
  const source = parentOf(root, from);
  const target = parentOf(root, to);
  const moved = source.folder.entries.get(source.name);
  if (moved === undefined) throw fileError("ENOENT", from);
  const replaced = target.folder.entries.get(target.name) ?? null;
  if (replaced === moved) return { replaced: null };
  if (replaced !== null) refuseReplacing(moved, replaced, to);
  source.folder.entries.delete(source.name);
  target.folder.entries.set(target.name, moved);
  return { replaced };
}

function refuseReplacing<C>(moved: Entry<C>, replaced: Entry<C>, to: string): void {
  if (moved.kind === "file" && replaced.kind === "folder") throw fileError("EISDIR", to);
  if (moved.kind === "folder" && replaced.kind === "file") throw fileError("ENOTDIR", to);
  if (replaced.kind === "folder" && replaced.entries.size > 0) throw fileError("ENOTEMPTY", to);
}
