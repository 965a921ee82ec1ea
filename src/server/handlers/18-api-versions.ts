import { brokerSoftware } from "../../cluster/peers/broker-software.js";
import { supportedFeatures } from "../../metadata/features.js";
import type { MetadataImage } from "../../metadata/image/image.js";
import { errors } from "../../protocol/errors.js";
import { ApiVersions } from "../../protocol/messages/18-api-versions.js";
import { type Handler, handler } from "../handler.js";

/** ApiVersions: what is served, read off the registry of handlers, to which this one belongs. */
export function apiVersions(served: () => readonly Handler[]): Handler {
  return handler(ApiVersions, { from: 0, to: 4 }, (broker, request, context) => {
    const { clientSoftwareName: name, clientSoftwareVersion: version } = request;
    if (context.apiVersion >= 3) {
      if (!isSoftwareText(name) || !isSoftwareText(version)) {
        return { errorCode: errors.INVALID_REQUEST.code, apiKeys: [] };
      }
      context.connection.software = { name, version };
    }
    const isBroker =
      name === brokerSoftware.name && context.connection.listener === broker.config.listeners.interBrokerName;
    return {
      errorCode: errors.NONE.code,
      apiKeys: apiRanges(isBroker ? served() : forClients(served())),
      // KAFKA-17011: clients below version 4 fail on a feature whose lowest version is 0.
      supportedFeatures: supportedFeatures.filter(({ minVersion }) => context.apiVersion >= 4 || minVersion > 0),
      ...finalizedFeatures(context.image),
    };
  });
}

/** What brokers ask each other is no client's business. */
export function forClients(served: readonly Handler[]): readonly Handler[] {
  return served.filter(({ isBetweenBrokers }) => isBetweenBrokers !== true);
}

/** The advertised versions of every API that is served, by rising key. */
export function apiRanges(served: readonly Handler[]) {
  return served.map(({ api, versions }) => ({
    apiKey: api.key,
    minVersion: versions.from,
    maxVersion: versions.to,
  }));
}

function finalizedFeatures({ features, endOffset }: MetadataImage) {
  return {
    finalizedFeaturesEpoch: endOffset - 1,
    finalizedFeatures: [...features]
      .filter(([, level]) => level > 0)
      .map(([name, level]) => ({ name, maxVersionLevel: level, minVersionLevel: level })),
  };
}

/** KIP-511: letters, digits, `-` and `.`, with a letter or digit at both ends. Checked by hand, in one pass. */
function isSoftwareText(text: string): boolean {
  const isLetterOrDigit = (c: number) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const isEnd = i === 0 || i === text.length - 1;
    if (!isLetterOrDigit(c) && (isEnd || (c !== 45 && c !== 46))) return false;
  }
  return text.length > 0;
}
