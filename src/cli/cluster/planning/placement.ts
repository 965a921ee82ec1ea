/** Which broker holds what: what a plan departs from, and what it comes to. */

export interface PlacedBroker {
  readonly id: number;
  /** Null: it stands for itself. */
  readonly rack: string | null;
}

export interface PlacedPartition {
  readonly topic: string;
  readonly index: number;
  /** The preferred leader first. */
  readonly replicas: readonly number[];
  /** As many as it has, or more: some are to be added. */
  readonly replicasWished: number;
  /** Of one replica. */
  readonly bytes: number;
  /** It moves already, or for another reason stays where it is. */
  readonly isFixed: boolean;
}

/** One partition gets other replicas, or the same in another order. */
export interface Move {
  readonly topic: string;
  readonly index: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Brokers that have to copy it. */
  readonly adds: readonly number[];
  /** Of one replica. */
  readonly bytes: number;
}

/** What one broker has. */
export interface BrokerLoad {
  readonly replicas: number;
  /** Partitions of which it is the preferred leader. */
  readonly leaders: number;
  readonly bytes: number;
}

export interface Plan {
  readonly moves: readonly Move[];
  readonly before: ReadonlyMap<number, BrokerLoad>;
  readonly after: ReadonlyMap<number, BrokerLoad>;
}

/** Bytes that have to be copied. */
export function bytesToCopy(moves: readonly Move[]): number {
  return moves.reduce((sum, { adds, bytes }) => sum + adds.length * bytes, 0);
}
