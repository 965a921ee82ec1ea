import { type Address, FileError, NetworkError } from "../lib/environment.js";
import { hostAndPort } from "../lib/host-and-port.js";
import { supportedFeatures } from "../metadata/features.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { type ErrorCode, errorName, errors } from "../protocol/errors.js";

/** Why a broker could not start, in one sentence for the person who started it, with what to do. */
export class StartFailure extends Error {
  constructor(sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.name = "StartFailure";
  }
}

/** Puts a listener that could not be opened into words; throws what is not the network's fault. */
export function listenFailure(name: string, { host, port }: Address, error: unknown): StartFailure {
  if (!(error instanceof NetworkError)) throw error;
  const where = `port ${port} on ${host === "" ? "every interface" : host}`;
  const sentences: { readonly [code: string]: string } = {
    EADDRINUSE: `Listener ${name}: ${where} is taken by another program. Stop that one, or choose another port (0 picks a free one).`,
    EACCES: `Listener ${name}: this user may not listen on ${where}. Choose a port above 1023.`,
    EADDRNOTAVAIL: `Listener ${name}: ${host} is not an address of this machine. Use one that is, or 0.0.0.0 for all.`,
  };
  return new StartFailure(
    sentences[error.code] ?? `Listener ${name}: cannot listen on ${where}: ${error.message}`,
    error,
  );
}

/** Puts a data folder that cannot be used into words; passes on what is no file's fault. */
export function dataFailure(folder: string, error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  const sentences: { readonly [code: string]: string } = {
    EACCES: `The data folder ${folder} cannot be written by this user. Give it the right to, or choose another with --data.`,
    EROFS: `The data folder ${folder} is on a read-only file system. Choose another with --data.`,
    ENOSPC: `The disk that holds the data folder ${folder} is full. Free some space, or choose another with --data.`,
    ENOTDIR: `The data folder ${folder} is, or lies under, a file that is no folder. Choose another with --data.`,
  };
  return new StartFailure(sentences[error.code] ?? `The data folder ${folder} cannot be used: ${error.message}`, error);
}

/** The metadata can be read, but no broker decides about it. */
export function controllerMissing(timeoutMs: number): StartFailure {
  const waited = `within ${timeoutMs} ms (initial.broker.registration.timeout.ms)`;
  return new StartFailure(`No broker became controller ${waited}. The log of the brokers says why.`);
}

/** Why the controller did not take this broker into the cluster. `image`: of the cluster, as far as it is known here. */
export function registrationFailure(
  nodeId: number,
  errorCode: ErrorCode,
  { brokers, features }: Pick<MetadataImage, "brokers" | "features">,
): StartFailure {
  if (errorCode === errors.DUPLICATE_BROKER_REGISTRATION.code) {
    return nodeIdTaken(nodeId, brokers.get(nodeId)?.endpoints[0] ?? null);
  }
  const sentences: { readonly [code: number]: string } = {
    [errors.UNSUPPORTED_VERSION.code]:
      `The cluster has ${notSupported(features)}. Upgrade it with the release that runs this cluster, or start that release.`,
  };
  return new StartFailure(sentences[errorCode] ?? `The controller refused broker ${nodeId}: ${errorName(errorCode)}.`);
}

/** `endpoint`: of the broker that has it, as far as it is known. */
export function nodeIdTaken(nodeId: number, endpoint: Address | null): StartFailure {
  const where = endpoint === null ? "" : ` at ${hostAndPort(endpoint)}`;
  return new StartFailure(`Another broker with node.id ${nodeId} is running${where}. Give each a node.id of its own.`);
}

function notSupported(finalized: ReadonlyMap<string, number>): string {
  const found = [...finalized].flatMap(([name, level]) => {
    const { minVersion, maxVersion } = supportedFeatures.find((one) => one.name === name) ?? {
      minVersion: 0,
      maxVersion: 0,
    };
    const wanted = minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`;
    const isSupported = level === 0 || (level >= minVersion && level <= maxVersion);
    return isSupported ? [] : [`${name} ${level}, while this release supports ${wanted}`];
  });
  return found.length === 0 ? "a feature that this release does not support" : found.join("; ");
}
