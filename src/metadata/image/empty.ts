import type { MetadataImage } from "./image.js";

/** Before the first record. */
export const emptyImage: MetadataImage = {
  endOffset: 0,
  epoch: 0,
  brokers: new Map(),
  topicsByName: new Map(),
  topicsById: new Map(),
  configs: new Map(),
  features: new Map(),
  clientQuotas: new Map(),
  scramCredentials: new Map(),
  nextProducerId: 0,
  keptRecords: new Map(),
  heldBack: null,
};
