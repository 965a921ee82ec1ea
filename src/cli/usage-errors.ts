/** What Commander complains of, in the form of all other complaints, and with the help of the command that was called. */
import type { Command } from "commander";

export function wordUsageErrors(command: Command, parents = ""): void {
  const name = `${parents}${command.name()}`;
  command
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "samsa: ")) })
    .showHelpAfterError(`Run \`${name} --help\` for ${command.commands.length > 0 ? "its commands" : "its options"}.`);
  for (const child of command.commands) wordUsageErrors(child, `${name} `);
}
