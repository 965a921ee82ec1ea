/** AlterClientQuotas: each entity for itself is changed whole or not at all (KIP-546, KIP-612). */
import { groupedBy } from "../../../lib/grouped-by.js";
import { entityKey, type MetadataImage, type QuotaEntity } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError, isApiError, noError } from "../../../protocol/errors.js";
import type { ControllerState, ControllerTypes, Decided } from "../controller-types.js";

type Request = ControllerTypes["Calls"]["alterClientQuotas"]["request"];
type Entry = Request["entries"][number];
type NumberType = "LONG" | "INT" | "DOUBLE";

const quotasOfUsers: ReadonlyMap<string, NumberType> = new Map([
  ["producer_byte_rate", "LONG"],
  ["consumer_byte_rate", "LONG"],
  ["request_percentage", "DOUBLE"],
  ["controller_mutation_rate", "DOUBLE"],
]);
const quotasOfAddresses: ReadonlyMap<string, NumberType> = new Map([["connection_creation_rate", "INT"]]);

const MAX = { LONG: 2 ** 63, INT: 2_147_483_647, DOUBLE: Number.MAX_VALUE } as const;
/** A quota this close to a whole number counts as one. */
const ROUNDING = 1e-6;

export function decideAlterClientQuotas(
  { image }: Readonly<ControllerState>,
  { entries, validateOnly }: Request,
): Decided<"alterClientQuotas"> {
  // A type that is named twice has its last name.
  const partsOf = ({ entity }: Entry) => [...new Map(entity.map((part) => [part.entityType, part])).values()];
  const named = entries.map((entry): Entry => ({ ...entry, entity: partsOf(entry) }));
  const records: MetadataRecord[] = [];
  const results = [...groupedBy(named, ({ entity }) => entityKey(entity)).values()].flatMap(([entry, ...others]) => {
    if (entry === undefined) return [];
    const changed = others.length > 0 || namesAKeyTwice(entry) ? duplicate(entry) : changesOf(image, entry);
    if (!isApiError(changed)) records.push(...changed);
    return [{ entity: entry.entity, ...(isApiError(changed) ? changed : noError) }];
  });
  return { records: validateOnly ? [] : records, reply: { entries: results } };
}

function namesAKeyTwice({ ops }: Entry): boolean {
  return new Set(ops.map(({ key }) => key)).size < ops.length;
}

function duplicate({ entity }: Entry): ApiError {
  const named = entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`).join(", ");
  return apiError("INVALID_REQUEST", `Ignoring duplicate entity ClientQuotaEntity(entries={${named}})`);
}

function changesOf(image: MetadataImage, { entity, ops }: Entry): MetadataRecord[] | ApiError {
  const problem = entityProblem(entity);
  if (problem !== null) return apiError("INVALID_REQUEST", problem);
  const known = entity.some(({ entityType }) => entityType === "ip") ? quotasOfAddresses : quotasOfUsers;
  const current = image.clientQuotas.get(entityKey(entity))?.quotas;
  const records: MetadataRecord[] = [];
  for (const { key, value, remove } of ops) {
    const type = known.get(key);
    if (!remove) {
      const complaint = type === undefined ? `Invalid configuration key ${key}` : valueProblem(key, value, type);
      if (complaint !== null) return apiError("INVALID_REQUEST", complaint);
    }
    const isSame = remove ? current?.has(key) !== true : current?.get(key) === value;
    if (!isSame) records.push(metadataRecord("ClientQuotaRecord", { entity, key, value: remove ? 0 : value, remove }));
  }
  return records;
}

/** What is wrong with whom the quota is for, in Apache Kafka's words. */
function entityProblem(entity: QuotaEntity): string | null {
  if (entity.length === 0) return "Invalid empty client quota entity";
  for (const { entityType, entityName } of entity) {
    if (entityType !== "user" && entityType !== "client-id" && entityType !== "ip") {
      return `Unhandled client quota entity type: ${entityType}`;
    }
    if (entityName === "") return `Empty ${entityType} not supported`;
  }
  const address = entity.find(({ entityType }) => entityType === "ip");
  if (address === undefined) return null;
  if (entity.length > 1) {
    return "Invalid quota entity combination, IP entity should not be combined with User or ClientId";
  }
  const { entityName } = address;
  // A name is not looked up: it only must look like one.
  const isAddress = entityName === null || /^[0-9a-zA-Z.:%_-]{1,255}$/.test(entityName);
  return isAddress ? null : `${entityName} is not a valid IP or resolvable host.`;
}

function valueProblem(key: string, value: number, type: NumberType): string | null {
  if (!(value > 0)) return `Quota ${key} must be greater than 0`;
  if (value > MAX[type]) return `Proposed value for ${key} is too large for a${type === "INT" ? "n" : ""} ${type}.`;
  if (type !== "DOUBLE" && Math.abs(value - Math.round(value)) > ROUNDING)
    return `${key} cannot be a fractional value.`;
  return null;
}
