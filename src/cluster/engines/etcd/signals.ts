/** A signal that comes with the first of several, or by `abort`. `AbortSignal.any` would hold them weakly. */
export function linked(...signals: readonly AbortSignal[]): {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  readonly unlink: () => void;
} {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
  }
  const unlink = () => {
    for (const signal of signals) signal.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, abort, unlink };
}

/** Settles with the signal. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
