/** AlterUserScramCredentials: a user is changed once in a request, or not at all (KIP-554). */
import type { MetadataImage } from "../../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../../metadata/records/metadata-record.js";
import { type ApiError, apiError, noError } from "../../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "../controller-types.js";

type Request = ControllerTypes["Calls"]["alterUserScramCredentials"]["request"];
type Upsertion = Request["upsertions"][number];
type Deletion = Request["deletions"][number];

/** The numbers of the mechanisms on the wire, and the fewest iterations that each may have. */
const MECHANISMS: ReadonlyMap<number, { readonly iterationsMin: number }> = new Map([
  [1, { iterationsMin: 4096 }],
  [2, { iterationsMin: 4096 }],
]);
const ITERATIONS_MAX = 16_384;

const unknownMechanism = apiError("UNSUPPORTED_SASL_MECHANISM", "Unknown SCRAM mechanism");

export function decideAlterScramCredentials(
  { image }: Readonly<ControllerState>,
  { deletions, upsertions }: Request,
  { scramKeys }: Pick<ControllerSettings, "scramKeys">,
): Decided<"alterUserScramCredentials"> {
  const twice = apiError("DUPLICATE_RESOURCE", "A user credential cannot be altered twice in the same request");
  const errorOf = new Map<string, ApiError>();
  const recordOf = new Map<string, MetadataRecord>();
  // The first refusal of a user stands; who is named again after something good gets neither.
  const decide = (name: string, refusal: ApiError | null, record: () => MetadataRecord) => {
    if ((errorOf.get(name) ?? noError) !== noError) return;
    const isTwice = recordOf.delete(name);
    errorOf.set(name, isTwice ? twice : (refusal ?? noError));
    if (!isTwice && refusal === null) recordOf.set(name, record());
  };
  for (const deletion of deletions) {
    decide(deletion.name, refuseDeletion(image, deletion), () =>
      metadataRecord("RemoveUserScramCredentialRecord", deletion),
    );
  }
  for (const upsertion of upsertions) {
    const { saltedPassword, ...kept } = upsertion;
    // What is stored proves a password and does not tell it (RFC 5802).
    decide(upsertion.name, refuseUpsertion(upsertion), () =>
      metadataRecord("UserScramCredentialRecord", { ...kept, ...scramKeys(kept.mechanism, saltedPassword) }),
    );
  }
  return {
    records: [...recordOf.values()],
    reply: { results: [...errorOf].map(([user, error]) => ({ user, ...error })) },
  };
}

function refuseDeletion({ scramCredentials }: MetadataImage, { name, mechanism }: Deletion): ApiError | null {
  if (name === "") return apiError("UNACCEPTABLE_CREDENTIAL", "Username must not be empty");
  if (!MECHANISMS.has(mechanism)) return unknownMechanism;
  if (scramCredentials.get(name)?.has(mechanism) === true) return null;
  return apiError("RESOURCE_NOT_FOUND", "Attempt to delete a user credential that does not exist");
}

function refuseUpsertion({ name, mechanism, iterations }: Upsertion): ApiError | null {
  if (name === "") return apiError("UNACCEPTABLE_CREDENTIAL", "Username must not be empty");
  const known = MECHANISMS.get(mechanism);
  if (known === undefined) return unknownMechanism;
  if (iterations < known.iterationsMin) return apiError("UNACCEPTABLE_CREDENTIAL", "Too few iterations");
  return iterations > ITERATIONS_MAX ? apiError("UNACCEPTABLE_CREDENTIAL", "Too many iterations") : null;
}
