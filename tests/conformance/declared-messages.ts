/** Everything that Samsa declares in the schema language, by the jar that defines it. */
import * as groupMetadata from "../../src/groups/records/group-metadata.js";
import * as offsetCommit from "../../src/groups/records/offset-commit.js";
import { LeaderChangeMessage } from "../../src/metadata/records/leader-change.js";
import { recordTypes } from "../../src/metadata/records/metadata-record.js";
import { DefaultPrincipalData } from "../../src/protocol/messages/default-principal-data.js";
import { RequestHeader, ResponseHeader } from "../../src/protocol/messages/headers.js";
import { apis } from "../../src/protocol/messages/index.js";
import type { Message } from "../../src/protocol/schema/message.js";
import * as transactionLog from "../../src/transactions/records/transaction-log.js";

export interface DeclaredMessages {
  readonly artifact: string;
  /** Where the definitions lie in the jar. */
  readonly folder: string;
  readonly javaClass: (name: string) => string;
  readonly messages: readonly Message[];
}

export const declaredMessages: readonly DeclaredMessages[] = [
  {
    artifact: "kafka-clients",
    folder: "common/message/",
    // What is neither request, response nor header has a class of its plain name.
    javaClass: (name) => `org.apache.kafka.common.message.${name}${/(Message|Data)$/.test(name) ? "" : "Data"}`,
    messages: [
      ...apis.flatMap(({ request, response }) => [request, response]),
      RequestHeader,
      ResponseHeader,
      LeaderChangeMessage,
      DefaultPrincipalData,
    ],
  },
  {
    artifact: "kafka-metadata",
    folder: "common/metadata/",
    javaClass: (name) => `org.apache.kafka.common.metadata.${name}`,
    messages: Object.values(recordTypes),
  },
  {
    artifact: "kafka-group-coordinator",
    folder: "common/message/",
    javaClass: (name) => `org.apache.kafka.coordinator.group.generated.${name}`,
    messages: [...Object.values(groupMetadata), ...Object.values(offsetCommit)],
  },
  {
    artifact: "kafka-transaction-coordinator",
    folder: "common/message/",
    javaClass: (name) => `org.apache.kafka.coordinator.transaction.generated.${name}`,
    messages: Object.values(transactionLog),
  },
];
