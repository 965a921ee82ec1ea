/**
 * A controller in a process of its own, which a test may stop, wake and kill: it campaigns, appends one batch after the
 * other until it is told that it leads no more, and campaigns again. Every step is a line on stdout.
 */
import { appendOne, candidate, never } from "./engine-contract.js";
import { addressOf, engineOver } from "./etcd-world.js";

const PAUSE_MS = 5;

const [endpoints = "", clusterName = "", brokerId = ""] = process.argv.slice(2);
const say = (what: object) => process.stdout.write(`${JSON.stringify({ ...what, atMs: Date.now() })}\n`);

const engine = engineOver(endpoints.split(",").map(addressOf), clusterName, {
  onProblem: (problem) => say({ problem }),
});
// The clock of the environment keeps no process alive.
setInterval(() => {}, 1000);
await engine.open();
for (;;) {
  const leadership = await engine.campaign(candidate(Number(brokerId)), never());
  const { epoch } = leadership;
  say({ leads: epoch, next: leadership.next });
  leadership.lost.addEventListener("abort", () => say({ lost: epoch }));
  let next = leadership.next;
  while ((await appendOne(leadership, next)) === "committed") {
    say({ committed: next, epoch, by: Number(brokerId) });
    next += 2;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  say({ fenced: next, epoch });
}
