/** By what a broker and etcd know each other: the files of the authority, and of this broker's certificate and key. */
import type { EtcdEngineOptions } from "../../cluster/engines/etcd/etcd-engine.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import { type Environment, FileError } from "../../lib/environment.js";
import { readSmallFile } from "../../storage/files/durable-file.js";
import { StartFailure } from "../start-failure.js";

/**
 * Null: no TLS. Else what gives the files as they are now: certificates are replaced while brokers run. Throws `StartFailure`
 * where a file is of no use from the beginning.
 */
export function etcdTls(
  metadata: BrokerConfig["metadata"],
  environment: Pick<Environment, "files">,
): EtcdEngineOptions["tls"] {
  const { samsaMetadataEtcdTlsCa: ca, samsaMetadataEtcdTlsCert: cert, samsaMetadataEtcdTlsKey: key } = metadata;
  if (ca === null) return null;
  const read = (property: "ca" | "cert" | "key", path: string) => readPem(environment, property, path);
  const readAll = () => ({
    ca: read("ca", ca),
    cert: cert === null ? null : read("cert", cert),
    key: key === null ? null : read("key", key),
  });
  let latest = readAll();
  return () => {
    try {
      latest = readAll();
    } catch (failure) {
      // A file that is just being replaced: it is looked for again.
      if (!(failure instanceof StartFailure)) throw failure;
    }
    return latest;
  };
}

/** What a file must hold to be of use. */
const pemBlocks = { ca: "CERTIFICATE", cert: "CERTIFICATE", key: "PRIVATE KEY" };

function readPem({ files }: Pick<Environment, "files">, name: keyof typeof pemBlocks, path: string): string {
  const property = `samsa.metadata.etcd.tls.${name}`;
  const absolute = files.absolute(path);
  const slash = absolute.lastIndexOf("/");
  try {
    const text = readSmallFile(files, absolute.slice(0, slash), absolute.slice(slash + 1));
    if (text === null) throw new StartFailure(`${property}: there is no file ${path}.`);
    const pem = text.toString("utf8");
    if (pem.includes(`${pemBlocks[name]}-----`)) return pem;
    throw new StartFailure(`${property}: ${path} holds no "${pemBlocks[name]}" in the format PEM.`);
  } catch (failure) {
    if (!(failure instanceof FileError)) throw failure;
    throw new StartFailure(`${property}: ${path} cannot be read: ${failure.message}`, failure);
  }
}
