/**
 * What this process must not leave behind, however it ends: children, folders. Done at its exit, the latest first, so that
 * a process is gone before its folder goes. Only SIGKILL, and signals that nobody listens to, come before it.
 */
const deeds = new Set<() => void>();
process.once("exit", () => {
  for (const deed of [...deeds].reverse()) deed();
});

/** Gives what calls it off. */
export function atExit(deed: () => void): () => void {
  deeds.add(deed);
  return () => void deeds.delete(deed);
}
