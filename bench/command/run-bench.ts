/**
 * What all benches have in common as commands: `--help` prints the usage; what is not understood, or stands in the way, is
 * told in one sentence, with exit code 2; whatever ends a run, it leaves nothing behind.
 */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { exitWhenInterrupted } from "./interrupts.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

export interface BenchCommand<O extends Options> {
  /** What `--help` prints. */
  readonly usage: string;
  readonly options: O;
  /** The parts that may be chosen by name: all of them when none is named. */
  readonly names?: readonly string[];
}

type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>["values"];

/** What is asked of a run. */
export interface Asked<O extends Options> {
  readonly values: Values<O>;
  isChosen(part: { readonly name: string }): boolean;
}

/** Why there is no run, in a sentence for whoever wanted one. */
export class Refusal extends Error {}

/** `run` gives the exit code. */
export async function runBench<const O extends Options>(
  command: BenchCommand<O>,
  run: (asked: Asked<O>) => Promise<number>,
): Promise<void> {
  exitWhenInterrupted();
  if (process.argv.includes("--help")) {
    console.log(command.usage);
    return;
  }
  try {
    const whatIsAsked = asked(command);
    dropCertificates();
    process.exitCode = await run(whatIsAsked);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function asked<O extends Options>({ options, names = [] }: BenchCommand<O>): Asked<O> {
  const { values, positionals }: { readonly values: Values<O>; readonly positionals: readonly string[] } = understood(
    () => parseArgs({ options, allowPositionals: names.length > 0 }),
  );
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Refusal(`Nothing is called ${unknown}: there are ${names.join(", ")}.`);
  return { values, isChosen: ({ name }) => positionals.length === 0 || positionals.includes(name) };
}

/** Node's own first sentence says what is wrong, the others how a shell could be meant. */
function understood<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal(`${error.message.split(". ")[0]}: --help tells what there is.`);
  }
}

/** Node reads these certificates at every start, for 30 ms: a setting of the machine, and no part of any broker. */
function dropCertificates(): void {
  if (process.env.NODE_EXTRA_CA_CERTS === undefined) return;
  delete process.env.NODE_EXTRA_CA_CERTS;
  console.log("all brokers start without the NODE_EXTRA_CA_CERTS of this machine");
}

export function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Refusal(`${option} takes a whole number from 1 on.`);
  return number;
}

/** How much of the full load. */
export function shareOf(option: string, text: string): number {
  const share = Number(text);
  if (!(share > 0 && share <= 1)) throw new Refusal(`${option} takes a number above 0, at most 1.`);
  return share;
}
