/** What becomes of the brokers of a cluster, as its log tells of it. */
import type { BrokerImage, MetadataImage } from "../../metadata/image/image.js";

interface BrokerNews {
  readonly level: "info" | "warn";
  readonly broker: number;
  readonly sentence: string;
}

type Brokers = Pick<MetadataImage, "brokers">;

/** By rising id. */
export function brokerNews({ brokers: before }: Brokers, { brokers: after }: Brokers): readonly BrokerNews[] {
  if (before === after) return [];
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort((one, other) => one - other);
  return ids.flatMap((broker) => {
    const news = newsOf(before.get(broker), after.get(broker));
    return news === null ? [] : [{ broker, ...news }];
  });
}

function newsOf(before: BrokerImage | undefined, after: BrokerImage | undefined): Omit<BrokerNews, "broker"> | null {
  const [served, serves] = [before?.fenced === false, after?.fenced === false];
  if (before !== undefined && after === undefined) return { level: "info", sentence: "a broker was removed" };
  if (!served && serves) return { level: "info", sentence: "a broker has joined the cluster" };
  if (!served || serves) return null;
  return before?.inControlledShutdown === true
    ? { level: "info", sentence: "a broker has left the cluster in order" }
    : { level: "warn", sentence: "a broker is away: it was silent for too long, or led nothing when it stopped" };
}
