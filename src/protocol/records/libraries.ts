/**
 * Loads a library at its first use, synchronously: start-up does not pay for codecs that nobody uses, and no call has
 * to wait for a promise (whose order would differ from run to run).
 */
import { createRequire } from "node:module";

export const requireLibrary = createRequire(import.meta.url);
