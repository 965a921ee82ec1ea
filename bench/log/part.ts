import type { Figure } from "./figures.js";

/** One part of the bench: it makes its own data in temporary folders and removes them. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** The most that lies on the disk at once. */
  diskBytes(isQuick: boolean): number;
  run(isQuick: boolean): Promise<readonly Figure[]>;
}
