/**
 * The barrier between two events of a simulation: each runs in a macrotask of its own, so all promises and ticks that
 * it set off are done before the next one, as with real sockets. 64 of them are queued per turn of Node's loop.
 */
const STEPS_PER_TURN = 64;

// Kept before the traps are set.
const queueMacrotask = setImmediate;

/** Runs `step` again and again until it returns false; rejects with what it throws, or what anything it set off throws. */
export function inMacrotasks(step: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let running = true;
    const stop = (): void => {
      running = false;
      restore();
    };
    const fail = (error: unknown): void => {
      if (running) stop();
      reject(error);
    };
    const restore = catchStrayErrors(fail);
    const one = (): void => {
      if (!running) return;
      try {
        if (step()) return;
        stop();
        resolve();
      } catch (error) {
        fail(error);
      }
    };
    const turn = (): void => {
      if (!running) return;
      for (let index = 0; index < STEPS_PER_TURN; index++) queueMacrotask(one);
      queueMacrotask(turn);
    };
    turn();
  });
}

/** Errors that no caller sees come to `on` instead of to those who listen now. */
function catchStrayErrors(on: (error: unknown) => void): () => void {
  const exceptions = process.listeners("uncaughtException");
  const rejections = process.listeners("unhandledRejection");
  process.removeAllListeners("uncaughtException").on("uncaughtException", on);
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", on);
  return () => {
    process.removeListener("uncaughtException", on).removeListener("unhandledRejection", on);
    for (const listener of exceptions) process.on("uncaughtException", listener);
    for (const listener of rejections) process.on("unhandledRejection", listener);
  };
}
