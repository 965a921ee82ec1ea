import fc from "fast-check";
import { expect, test } from "vitest";
import { LeaderEpochs } from "../../../storage/leader-epochs.js";
import { truncationOffset } from "./truncation.js";

/** A log as the epochs of its records, offset by offset. */
type Epochs = readonly number[];

const rising = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 12 }).map((steps) => {
  let epoch = 0;
  return steps.map((step) => {
    epoch += step;
    return epoch;
  });
});

function epochsOf(log: Epochs): LeaderEpochs {
  const epochs = new LeaderEpochs([]);
  for (const [offset, epoch] of log.entries()) epochs.assign(epoch, offset);
  return epochs;
}

/** Two logs of one history: the same up to some offset, then each with epochs that the other has not. */
const histories = fc.record({ shared: rising, ofLeader: rising, ofFollower: rising }).map((parts) => {
  const last = parts.shared.at(-1) ?? 0;
  const evenly = (log: Epochs, first: number) => log.map((epoch) => last + first + 2 * epoch);
  return {
    shared: parts.shared.length,
    leader: [...parts.shared, ...evenly(parts.ofLeader, 2)],
    follower: [...parts.shared, ...evenly(parts.ofFollower, 1)],
  };
});

test("a follower that asks and cuts again and again ends with what it shares with its leader, and keeps all of that", () => {
  fc.assert(
    fc.property(histories, ({ shared, leader, follower }) => {
      let own = follower;
      for (let round = 0; round < 40; round++) {
        const lastEpoch = own.at(-1);
        if (lastEpoch === undefined) break;
        const end = epochsOf([...leader, 1_000]).endOf(lastEpoch, leader.length + 1);
        const diverges = end.epoch < lastEpoch || end.endOffset < own.length;
        if (!diverges) break;
        const known = epochsOf(own).endOf(end.epoch, own.length);
        const offset = truncationOffset(end, known, { logStartOffset: 0, endOffset: own.length });
        expect(offset).toBeLessThan(own.length);
        own = own.slice(0, offset);
      }
      expect(own.length).toBe(shared);
    }),
  );
});

test("a log whose epochs are all younger than what the leader names is cut to its start", () => {
  const log = { logStartOffset: 100, endOffset: 110 };
  expect(truncationOffset({ epoch: 3, endOffset: 120 }, { epoch: -1, endOffset: -1 }, log)).toBe(100);
});
