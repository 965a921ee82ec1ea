/** How the command ends. */
export const exitCodes = {
  ok: 0,
  /** The broker could not start, or stopped with an error. */
  failure: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
