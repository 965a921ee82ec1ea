/** UpdateFeatures: finalized features go up, and down where that is asked for (KIP-584, KIP-778). */
import { supportedFeatures } from "../../metadata/features.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { type MetadataRecord, metadataRecord } from "../../metadata/records/metadata-record.js";
import { type ApiError, apiError, errors, noError } from "../../protocol/errors.js";
import type { ControllerSettings, ControllerState, ControllerTypes, Decided } from "./controller-types.js";
import { agreeOnMinInSync, ELR_FEATURE } from "./partitions/eligible-replicas.js";

type Request = ControllerTypes["Calls"]["updateFeatures"]["request"];
type Update = Request["featureUpdates"][number];

/** As numbered on the wire. */
const upgradeTypes = { UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 } as const;

/** All of them or none. */
export function decideUpdateFeatures(
  { image }: Readonly<ControllerState>,
  { featureUpdates, validateOnly }: Request,
  { controllerId, configRules }: ControllerSettings,
): Decided<"updateFeatures"> {
  for (const update of featureUpdates) {
    const problem = problemWith(image, update, controllerId);
    if (problem === null) continue;
    const { feature, maxVersionLevel } = update;
    return failed(
      "The update failed for all features since the following feature had an error: " +
        `Invalid update version ${maxVersionLevel} for feature ${feature}. ${problem}`,
    );
  }
  const changed = featureUpdates.filter(({ feature, maxVersionLevel }) => levelOf(image, feature) !== maxVersionLevel);
  const records: MetadataRecord[] = changed.map(({ feature: name, maxVersionLevel: featureLevel }) =>
    metadataRecord("FeatureLevelRecord", { name, featureLevel }),
  );
  const needsAgreement = changed.some(({ feature, maxVersionLevel }) => feature === ELR_FEATURE && maxVersionLevel > 0);
  if (needsAgreement) records.push(...agreeOnMinInSync(image, configRules));
  return answered(validateOnly ? [] : records, featureUpdates);
}

function levelOf({ features }: MetadataImage, name: string): number {
  return features.get(name) ?? 0;
}

function problemWith(image: MetadataImage, update: Update, controllerId: number): string | null {
  const { feature, maxVersionLevel: level, allowDowngrade, upgradeType } = update;
  const range = supportedFeatures.find(({ name }) => name === feature);
  if (!Object.values<number>(upgradeTypes).includes(upgradeType)) {
    return "The controller does not support the given upgrade type.";
  }
  if (level < 0) return "A feature version cannot be less than 0.";
  if (range === undefined) return `Local controller ${controllerId} does not support this feature.`;
  const { minVersion, maxVersion } = range;
  if (level !== 0 && (level < minVersion || level > maxVersion)) {
    return `Local controller ${controllerId} only supports versions ${minVersion}-${maxVersion}`;
  }
  if (level === 0 && minVersion > 0) return "It cannot be switched off.";
  const isDowngrade = allowDowngrade || upgradeType !== upgradeTypes.UPGRADE;
  if (level > levelOf(image, feature) && isDowngrade) return "Can't downgrade to a newer version.";
  if (level >= levelOf(image, feature) || isDowngrade) return null;
  return "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.";
}

function failed(errorMessage: string): Decided<"updateFeatures"> {
  const error: ApiError = apiError("INVALID_UPDATE_VERSION", errorMessage);
  return { records: [], reply: { ...error, results: [] } };
}

/** Before version 2 each feature had a result of its own. */
function answered(records: readonly MetadataRecord[], updates: readonly Update[]): Decided<"updateFeatures"> {
  const errorCode = errors.NONE.code;
  const results = updates.map(({ feature }) => ({ feature, errorCode, errorMessage: "NONE" }));
  return { records, reply: { ...noError, results } };
}
