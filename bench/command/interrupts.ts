/**
 * A run that is told to end leaves nothing behind: at its exit the brokers and loads that it has started are killed, and
 * their folders removed (tests/support/at-exit.ts). A terminal and npm both pass a signal on, so it may come twice: the
 * second one finds this process on its way out, and must not cut that short. Or it never comes: npm tells the shell between
 * them, which ends without a word. So this process also looks whether whoever started it is still there.
 */
import { constants } from "node:os";

/** What a shell adds to the number of a signal for the exit code. */
const ENDED_BY_SIGNAL = 128;
const LOOK_MS = 500;

export function exitWhenInterrupted(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(ENDED_BY_SIGNAL + constants.signals[signal]));
  }
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, LOOK_MS).unref();
}
