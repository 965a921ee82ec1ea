import os from "node:os";

/** How much memory this process may use: the limit of its container, if there is one, else the machine's. */
export function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, os.totalmem()) : os.totalmem();
}
