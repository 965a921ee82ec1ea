/** `samsa compat`: the suite as it lies in the package, bundled, with the clients' folders beside it. */
import { homedir } from "node:os";
import path from "node:path";
import { suiteCommand } from "./suite/command.js";

const root = path.join(import.meta.dirname, "..");
const caches = process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache");
const places = { clients: path.join(root, "compat-tests"), cache: path.join(caches, "samsa-compat") };
// What a client left open must not keep the command from ending.
process.exit(await suiteCommand(process.argv.slice(2), places, path.join(root, "dist", "samsa.js")));
