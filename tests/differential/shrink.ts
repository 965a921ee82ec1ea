/** Makes a failing list smaller: what can be left out so that it still fails is left out. */

/** No single item of the result can be left out. Later items go first: earlier ones do not depend on them. */
export async function shrink<T>(
  items: readonly T[],
  stillFails: (fewer: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = items;
  for (let at = items.length - 1; at >= 0; at -= 1) {
    const fewer = kept.filter((item) => item !== items[at]);
    if (fewer.length < kept.length && (await stillFails(fewer))) kept = fewer;
  }
  return kept.length === items.length ? kept : shrink(kept, stillFails);
}
