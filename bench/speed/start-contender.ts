/** Starts one of the brokers that are compared, by its name, with the properties that it comes with. */
import { startTarget } from "../../tests/support/start-target.js";
import type { Contender, ContenderName } from "./contender.js";
import { startFake } from "./native-load.js";

export async function startContender(name: ContenderName): Promise<Contender> {
  if (name === "kfake") return startFake();
  const broker = await startTarget(name);
  const { pid, port, readyMs } = broker;
  return { name, pid, port, readyMs, stop: () => broker.dispose() };
}
