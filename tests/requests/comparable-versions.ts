/** The versions that both brokers serve: Apache Kafka 4 closes the connection on those that KIP-896 dropped. */
import type { Api } from "../../src/protocol/schema/message.js";
import { handlers } from "../../src/server/handlers/index.js";
import { firstVersions } from "../differential/dropped-versions.js";

export interface ComparableVersions {
  readonly api: Api;
  readonly versions: readonly number[];
}

const ofClients = handlers.filter(({ isBetweenBrokers }) => isBetweenBrokers !== true);

export const comparableVersions: readonly ComparableVersions[] = ofClients.map(({ api, versions }) => {
  const from = Math.max(versions.from, firstVersions.get(api.key) ?? 0);
  return { api, versions: Array.from({ length: versions.to - from + 1 }, (_, index) => from + index) };
});
