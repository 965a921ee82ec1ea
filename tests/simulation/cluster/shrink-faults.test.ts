import { describe, expect, test } from "vitest";
import { RandomStream } from "../../../src/environments/simulated/random-stream.js";
import { faultsFromText, textOfFaults } from "./fault-text.js";
import { drawClusterSchedule, type Fault } from "./schedule.js";
import { shrinkFaults } from "./shrink-faults.js";

const faults = faultsFromText("4000 mute 0 900, 5000 kill 2 800, 6000 power cut 1 3000, 9000 disk read-only 2 70");

describe("the faults of a failing seed", () => {
  test("are left out when the failure does not need them, and made shorter", async () => {
    const needsKillBeforePowerCut = async (fewer: readonly Fault[]): Promise<boolean> => {
      const kill = fewer.findIndex(({ kind, forMs }) => kind === "kill" && forMs >= 300);
      return kill >= 0 && fewer.slice(kill).some(({ kind }) => kind === "power cut");
    };
    const smallest = await shrinkFaults(faults, needsKillBeforePowerCut);
    expect(textOfFaults(smallest)).toBe("5000 kill 2 400, 6000 power cut 1 100");
  });

  test("are none when the failure comes without any", async () => {
    expect(await shrinkFaults(faults, async () => true)).toEqual([]);
  });

  test("stay as they are when every one is needed for as long as it lasts", async () => {
    expect(await shrinkFaults(faults, async (fewer) => fewer === faults)).toEqual(faults);
  });
});

describe("faults as text", () => {
  test("are read as they were written, whatever a seed draws", () => {
    for (let seed = 0; seed < 100; seed++) {
      const drawn = drawClusterSchedule(new RandomStream(seed, "schedule")).faults;
      expect(faultsFromText(textOfFaults(drawn))).toEqual(drawn);
    }
  });

  test("may be none", () => {
    expect(faultsFromText(textOfFaults([]))).toEqual([]);
  });

  test("are refused when nobody knows such a fault", () => {
    expect(() => faultsFromText("4000 earthquake 0 900")).toThrow("This is no fault");
    expect(() => faultsFromText("")).toThrow("This is no fault");
  });
});
