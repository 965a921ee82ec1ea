/**
 * Preloaded into the broker's process: on SIGUSR2 it begins a CPU profile, on the next one it ends it and writes it to the
 * file that PROFILE_FILE names.
 */
import { renameSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

const SAMPLE_US = 250;
const file = process.env.PROFILE_FILE ?? "";
const session = new Session();
let isRunning = false;

session.connect();
process.on("SIGUSR2", () => void toggle());

async function toggle(): Promise<void> {
  isRunning = !isRunning;
  if (isRunning) {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
    await session.post("Profiler.start");
    write("begun");
  } else {
    const { profile } = await session.post("Profiler.stop");
    write(JSON.stringify(profile));
  }
}

function write(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
