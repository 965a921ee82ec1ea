/**
 * Evening out along chains: where a broker that has too much cannot hand anything straight to one that has too little, a
 * third broker passes something on. The shortest chain costs the least, so it is looked for breadth first.
 */

export interface Evening {
  readonly ids: readonly number[];
  readonly count: (id: number) => number;
  /** Whether something can be handed from one straight to the other. */
  readonly reaches: (from: number, to: number) => boolean;
}

/** From one of those that have the most to one that has at least two less; null: all is as even as it can be. */
export function findChain({ ids, count, reaches }: Evening): readonly number[] | null {
  const rising = [...ids].sort((one, other) => count(one) - count(other));
  const least = count(rising[0] ?? -1);
  for (const from of rising.toReversed()) {
    if (count(from) - least < 2) return null;
    const chain = shortest(from, rising, (id) => count(from) - count(id) >= 2, reaches);
    if (chain !== null) return chain;
  }
  return null;
}

function shortest(
  from: number,
  ids: readonly number[],
  isGoal: (id: number) => boolean,
  reaches: (from: number, to: number) => boolean,
): readonly number[] | null {
  const comeFrom = new Map<number, number>([[from, from]]);
  let edge = [from];
  while (edge.length > 0) {
    const next: number[] = [];
    for (const to of ids) {
      if (comeFrom.has(to)) continue;
      const via = edge.find((one) => reaches(one, to));
      if (via === undefined) continue;
      comeFrom.set(to, via);
      if (isGoal(to)) return chainTo(to, comeFrom);
      next.push(to);
    }
    edge = next;
  }
  return null;
}

function chainTo(to: number, comeFrom: ReadonlyMap<number, number>): readonly number[] {
  const chain = [to];
  for (let id = to; comeFrom.get(id) !== id; ) {
    id = comeFrom.get(id) ?? id;
    chain.unshift(id);
  }
  return chain;
}
