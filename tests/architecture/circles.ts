import type { Import } from "./imports.js";

/** Files that import each other in a ring, types too: none of them can be read before the others. One ring for each start. */
export function circlesAmong(imports: readonly Import[]): readonly (readonly string[])[] {
  const importedBy = new Map<string, string[]>();
  for (const { from, to } of imports) importedBy.set(from, [...(importedBy.get(from) ?? []), to]);
  const circles: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    const at = way.indexOf(file);
    if (at >= 0) circles.push([...way.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    way.push(file);
    for (const next of importedBy.get(file) ?? []) visit(next);
    way.pop();
    done.add(file);
  };
  for (const file of importedBy.keys()) visit(file);
  return circles;
}
