/** Installs clients into the cache, before any of them runs. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Client, missingFor, type Places } from "./client.js";

/** The slowest compile Rust or C from their sources. */
const INSTALL_MS_MAX = 20 * 60_000;
const COMPLAINT_CHARACTERS_MAX = 600;

/** Null when the client can run, else why it cannot. */
export async function install(client: Client, places: Places): Promise<string | null> {
  const missing = missingFor(client);
  if (missing !== null) return missing;
  const script = join(client.folder, "install.sh");
  if (!existsSync(script)) return null;
  mkdirSync(places.cache, { recursive: true });
  return await new Promise((resolve) => {
    let said = "";
    const child = spawn("bash", [script], {
      cwd: client.folder,
      env: { ...process.env, COMPAT_CACHE: places.cache },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), INSTALL_MS_MAX);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-COMPLAINT_CHARACTERS_MAX);
      });
    }
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? null : `install.sh ended with ${signal ?? code}: ${said.trim()}`);
    });
  });
}
