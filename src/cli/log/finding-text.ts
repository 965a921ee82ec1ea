/** A finding as a sentence: `DAMAGE: FILE (position 70, offset 3) has a batch with a wrong CRC.` */
export interface FoundAt {
  readonly path: string;
  readonly position: number | null;
  readonly offset: number | null;
  /** Goes on where the name of the file ends. */
  readonly what: string;
}

export function sentenceOf(label: "DAMAGE" | "remark", { path, position, offset, what }: FoundAt): string {
  const place = [
    ...(position === null ? [] : [`position ${position}`]),
    ...(offset === null ? [] : [`offset ${offset}`]),
  ];
  const where = place.length === 0 ? path : `${path} (${place.join(", ")})`;
  return `${label}: ${where} ${what}${what.endsWith(".") ? "" : "."}`;
}
