/** What a process has taken of the processor so far. Only Linux tells it. */
import { readFileSync } from "node:fs";

/** The unit in which Linux tells the times of a process, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** What follows the name of the command in /proc/PID/stat, which may hold spaces, begins with the third field. */
const [USER_TIME_FIELD, SYSTEM_TIME_FIELD] = [14 - 3, 15 - 3];

/** Of all threads, those of compilers and collectors too. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER_TIME_FIELD]) + Number(fields[SYSTEM_TIME_FIELD])) / TICKS_PER_SECOND;
}
