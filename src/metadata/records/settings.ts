/** What was set: configurations, feature levels, quotas, and the producer ids given out. */
import { array, bool, float64, id, int8, int16, int32, string } from "../../protocol/schema/fields.js";
import { recordType } from "./record-type.js";

/** A null value takes the setting away. */
export const ConfigRecord = recordType({
  key: 4,
  name: "ConfigRecord",
  versions: "0",
  fields: { resourceType: int8(), resourceName: string(), name: string(), value: string({ nullable: "0+" }) },
});

/** A feature is finalized at a level (KIP-584); level 0 takes it away. */
export const FeatureLevelRecord = recordType({
  key: 12,
  name: "FeatureLevelRecord",
  versions: "0",
  fields: { name: string(), featureLevel: int16() },
});

export const ClientQuotaRecord = recordType({
  key: 14,
  name: "ClientQuotaRecord",
  versions: "0",
  fields: {
    entity: array({ entityType: string(), entityName: string({ nullable: "0+" }) }),
    key: string(),
    value: float64(),
    remove: bool(),
  },
});

/** A block of producer ids was given to a broker: the next block begins at `nextProducerId`. */
export const ProducerIdsRecord = recordType({
  key: 15,
  name: "ProducerIdsRecord",
  versions: "0",
  fields: { brokerId: int32(), brokerEpoch: id({ default: -1 }), nextProducerId: id() },
});
