/** What the records of quotas and credentials make of the maps in which they stand. */
import type { RecordData } from "../records/metadata-record.js";
import { type ClientQuotaImage, entityKey, type ScramCredentialImage } from "./image.js";

/** An entity without quotas is forgotten. */
export function replayQuota(
  all: Map<string, ClientQuotaImage>,
  { entity, key, value, remove }: RecordData<"ClientQuotaRecord">,
): void {
  const place = entityKey(entity);
  const quotas = new Map(all.get(place)?.quotas);
  if (remove) quotas.delete(key);
  else quotas.set(key, value);
  if (quotas.size === 0) all.delete(place);
  else all.set(place, { entity, quotas });
}

type Credentials = Map<string, ReadonlyMap<number, ScramCredentialImage>>;

/** The record's bytes are views of its batch: what stays is copied. */
export function replayCredential(all: Credentials, data: RecordData<"UserScramCredentialRecord">): void {
  const { name, mechanism, salt, storedKey, serverKey, iterations } = data;
  const credential = {
    salt: Uint8Array.from(salt),
    storedKey: Uint8Array.from(storedKey),
    serverKey: Uint8Array.from(serverKey),
    iterations,
  };
  all.set(name, new Map(all.get(name)).set(mechanism, credential));
}

export function replayRemovedCredential(
  all: Credentials,
  { name, mechanism }: RecordData<"RemoveUserScramCredentialRecord">,
): void {
  const left = new Map(all.get(name));
  left.delete(mechanism);
  if (left.size === 0) all.delete(name);
  else all.set(name, left);
}
