/** Whether this Node can run the command: in an older one it would break somewhere inside, with a stack trace. */
import packageJson from "../../package.json" with { type: "json" };

/** What to tell whoever has an older Node than `engines` in package.json asks for; null: this one will do. */
export function nodeTooOld(version: string): string | null {
  const [major = 0, minor = 0] = numbersIn(version);
  const [leastMajor = 0, leastMinor = 0] = numbersIn(packageJson.engines.node);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null;
  return `this is Node ${version}, and Samsa needs Node ${leastMajor}.${leastMinor} or later.`;
}

function numbersIn(version: string): readonly number[] {
  return (version.match(/[0-9]+/g) ?? []).map(Number);
}
