import type { Environment } from "../../lib/environment.js";
import { memoryBytes } from "../node/machine.js";
import { nodeEnvironment } from "../node/node-environment.js";
import { MemoryFiles } from "./memory-files.js";

/** The real world, but with files in memory: for `--ephemeral`. They may take half of the memory that this process has. */
export function memoryEnvironment(bytesMax: number = memoryBytes() / 2): Environment {
  const environment = nodeEnvironment();
  return { ...environment, files: new MemoryFiles(() => environment.clock.wallMs(), bytesMax) };
}
