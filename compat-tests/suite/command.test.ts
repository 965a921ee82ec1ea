import { afterEach, expect, test, vi } from "vitest";
import { inRepository } from "../../tests/support/repository.js";
import { suiteCommand } from "./command.js";

const places = { clients: inRepository("compat-tests"), cache: "/nowhere" };

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the command says when it is called as `samsa compat`, or in the repository without a script. */
async function complaint(script: string | null, ...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  vi.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
  expect(await suiteCommand(args, places, script)).toBe(2);
  return said.join("\n");
}

test("`samsa compat` complains as every other command of samsa does, and npm's in its own name", async () => {
  const told = /^samsa: no client is called nobody; there are .*\nRun `samsa compat --help`/;
  expect(await complaint("samsa.js", "nobody")).toMatch(told);
  expect(await complaint("samsa.js", "--nonsense")).toMatch(/^samsa: Unknown option '--nonsense'/);
  expect(await complaint(null, "nobody")).toMatch(/^no client is called nobody/);
});

test("a --bootstrap without a port is told the form, not what Node thinks of the port", async () => {
  for (const bootstrap of ["nohost", "nohost:", "host:99999", "a:1,b"]) {
    expect(await complaint("samsa.js", "--bootstrap", bootstrap)).toContain(
      `samsa: --bootstrap takes host:port, or several parted by commas, and not ${bootstrap}\n`,
    );
  }
});
