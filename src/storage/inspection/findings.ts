/** What a verification finds. A damaged file can yield one finding per batch, so each file has a limit of them. */
export interface Finding {
  /** A remark is nothing wrong, but good to know. */
  readonly severity: "damage" | "remark";
  readonly path: string;
  /** Where in that file, in bytes; null: the file as a whole. */
  readonly position: number | null;
  /** Of the record or batch concerned. */
  readonly offset: number | null;
  /** Goes on where the name of the file ends: `has a wrong CRC`. */
  readonly what: string;
}

/** Where in a file. */
export interface Place {
  readonly position?: number | null;
  readonly offset?: number | null;
}

const FINDINGS_PER_FILE_MAX = 50;

export class Findings {
  damages = 0;
  readonly #found: (finding: Finding) => void;
  readonly #perFile = new Map<string, number>();

  constructor(found: (finding: Finding) => void) {
    this.#found = found;
  }

  damage(path: string, what: string, { position = null, offset = null }: Place = {}): void {
    this.damages++;
    const count = (this.#perFile.get(path) ?? 0) + 1;
    this.#perFile.set(path, count);
    if (count <= FINDINGS_PER_FILE_MAX) this.#found({ severity: "damage", path, position, offset, what });
    if (count === FINDINGS_PER_FILE_MAX + 1) this.remark(path, "has more damage, which is counted but not listed");
  }

  remark(path: string, what: string): void {
    this.#found({ severity: "remark", path, position: null, offset: null, what });
  }
}
