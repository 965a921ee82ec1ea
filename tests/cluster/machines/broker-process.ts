/** One broker as its users run it: a process with a properties file, which is ended, stopped and started again by its id. */
import type { Address } from "../../../src/lib/environment.js";
import { Child } from "../../support/child-process.js";
import { inRepository } from "../../support/repository.js";
import type { CommandLine } from "./command-line.js";

const READY_MS_MAX = 60_000;

export interface BrokerPlace {
  readonly nodeId: number;
  readonly address: Address;
  readonly propertiesFile: string;
  /** How a command is run where the broker lives. */
  around(command: string, args: readonly string[]): CommandLine;
}

export class BrokerProcess {
  readonly nodeId: number;
  readonly address: Address;
  readonly #place: BrokerPlace;
  #child: Child | null = null;
  /** What the processes before this one wrote. */
  #output = "";

  constructor(place: BrokerPlace) {
    this.#place = place;
    this.nodeId = place.nodeId;
    this.address = place.address;
  }

  get port(): number {
    return this.address.port;
  }

  /** Of the process now. */
  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  get output(): string {
    return this.#output + (this.#child?.output ?? "");
  }

  /** Until it serves. */
  async start(): Promise<void> {
    const { propertiesFile, around } = this.#place;
    const script = inRepository("dist", "samsa.js");
    const child = new Child(around(process.execPath, [script, "start", "--config", propertiesFile, "--json"]));
    this.#output = this.output;
    this.#child = child;
    await child.firstLine((line) => line.startsWith('{"event":"ready"') || undefined, READY_MS_MAX);
  }

  /** SIGTERM: it gives its leaderships away, and ends. */
  async stop(): Promise<number | NodeJS.Signals> {
    return (await this.#child?.stop(30_000)) ?? 0;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  pause(): void {
    this.#child?.signal("SIGSTOP");
  }

  resume(): void {
    this.#child?.signal("SIGCONT");
  }
}
