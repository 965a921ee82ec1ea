/**
 * `npm run torture:cluster -- [ROUNDS [FAULT …]]`: three brokers and three members of etcd, each a process of its own,
 * suffer every fault in turn under load, round after round, and each time everything is read back and judged. Ends with 1
 * when something is lost, repeated, out of order or shown though it was aborted. Needs etcd, and root for the hosts.
 */
import { allFaults } from "./faults/all-faults.js";
import { runFault } from "./faults/fault.js";

const ROUNDS = 3;

const [, , rounds = String(ROUNDS), ...wanted] = process.argv;
const names = wanted.length > 0 ? wanted : Object.keys(allFaults);
let unsound = 0;
for (let round = 1; round <= Number(rounds); round++) {
  for (const name of names) {
    const fault = allFaults[name];
    if (fault === undefined)
      throw new Error(`no fault is called ${name}; there are ${Object.keys(allFaults).join(", ")}`);
    try {
      const { summary, verdict } = await runFault(fault);
      console.log(`${round}. ${summary}`);
      if (verdict.findings.length > 0) unsound++;
    } catch (error) {
      console.log(`${round}. ${fault.name}: ${error}`);
      unsound++;
    }
  }
}
console.log(`${rounds} rounds of ${names.length} faults: ${unsound} went wrong`);
process.exit(unsound === 0 ? 0 : 1);
