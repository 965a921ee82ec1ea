/**
 * Records of text for the rows that compress: the random letters that ProducerPerformance makes by itself do not, and a
 * codec would have nothing to do. Events as services log them, each of the same size, the same at every run; a batch of
 * them takes less than half of its size with lz4.
 */

const RECORDS = 2_000;
const words = (
  "request response order payment customer session token cache retry timeout upstream gateway region invoice basket " +
  "delivered accepted refused pending worker queue broker partition replica leader follower commit offset consumer " +
  "producer batch latency budget shard index search result profile account address country currency amount total"
).split(" ");
/** Of a generator of random numbers that needs no library (Lehmer's). */
const [MULTIPLIER, MODULUS] = [48_271, 2_147_483_647];

/** One record per line, each of `size` bytes without its end. */
export function textRecords(size: number): string {
  let state = 1;
  const below = (limit: number) => {
    state = (state * MULTIPLIER) % MODULUS;
    return state % limit;
  };
  const record = () => {
    const [ms, host, path] = [below(86_400_000), below(40), `${words[below(words.length)]}/${below(1_000_000)}`];
    let text = `{"time":${ms},"level":"info","host":"service-${host}","path":"/${path}","user":"${below(100_000)}","message":"`;
    while (text.length < size) text += `${words[below(words.length)]}${below(4) === 0 ? `=${below(1_000)}` : ""} `;
    return `${text.slice(0, size - 2)}"}`;
  };
  return Array.from({ length: RECORDS }, record).join("\n");
}
