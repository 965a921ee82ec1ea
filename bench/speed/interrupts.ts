/** A run that is told to end takes the brokers and the loads that it has started with it: they are killed on exit. */
export function exitWhenInterrupted(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
}
