/** What is there at once costs no promise: most calls are heartbeats, and one request may ask for thousands of things. */

/** Goes on with the outcome: at once if it is there already. */
export function whenThere<O, A>(outcome: O | Promise<O>, goOn: (outcome: O) => A): A | Promise<A> {
  return outcome instanceof Promise ? outcome.then(goOn) : goOn(outcome);
}

/** All of them, in their order; a promise that stands there many times is waited for once. */
export function allThere<A>(answers: readonly (A | Promise<A>)[]): readonly A[] | Promise<readonly A[]> {
  const late = new Set<Promise<A>>();
  for (const answer of answers) if (answer instanceof Promise) late.add(answer);
  return late.size === 0 ? (answers as readonly A[]) : afterAll(answers, late);
}

async function afterAll<A>(answers: readonly (A | Promise<A>)[], late: Iterable<Promise<A>>): Promise<readonly A[]> {
  const promises = [...late];
  const come = await Promise.all(promises);
  const byPromise = new Map(promises.map((promise, i) => [promise, come[i] as A]));
  return answers.map((answer) => (answer instanceof Promise ? (byPromise.get(answer) as A) : answer));
}
