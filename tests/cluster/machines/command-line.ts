/** A command with its arguments; a host or a small disk wraps another one round it. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}
