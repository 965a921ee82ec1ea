import type { BrokerConfig } from "../config/broker-config.js";
import type { Environment } from "../lib/environment.js";
import { LogDirectory } from "../storage/log-directory.js";
import { dataFailure, StartFailure } from "./start-failure.js";

/** Takes the lock of the data folder and looks whose it is. Throws `StartFailure` with what to do. */
export function openDataFolder(config: BrokerConfig, { files }: Environment): LogDirectory {
  const path = config.dataFolders[0] ?? ".";
  try {
    const directory = LogDirectory.open(files, path);
    if ("problem" in directory) throw new StartFailure(directory.problem);
    return directory;
  } catch (error) {
    throw dataFailure(path, error);
  }
}
