/** Turns lines of the log into coloured ones for people. The formatter is loaded on the first call: only terminals need it. */
export async function prettyLines(write: (line: string) => void, colorize: boolean): Promise<(line: string) => void> {
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({ colorize, translateTime: "SYS:HH:MM:ss.l", singleLine: true });
  return (line) => write(pretty(line));
}
