import fc from "fast-check";
import { expect, test } from "vitest";
import { INT_MAX, int, long, readValue } from "./definition.js";
import { atLeast, betweenOr, offsetReset, someItems, someWordsOf, throttledReplicas, voters } from "./validators.js";
import { parseValue } from "./value-types.js";

test("whole numbers are read with sign and blanks, and nothing else", () => {
  expect(parseValue("INT", " 7 ")).toEqual({ value: 7 });
  expect(parseValue("INT", "+5")).toEqual({ value: 5 });
  for (const text of ["", "x", "1.5", "0x10", "1e3", "5 5", "٣", "--1"]) {
    expect(parseValue("INT", text)).toEqual({ reason: "Not a number of type INT" });
  }
});

test("each width has its bounds", () => {
  expect(parseValue("SHORT", "32767")).toEqual({ value: 32_767 });
  expect(parseValue("SHORT", "32768")).toEqual({ reason: "Not a number of type SHORT" });
  expect(parseValue("INT", String(INT_MAX))).toEqual({ value: INT_MAX });
  expect(parseValue("INT", "2147483648")).toEqual({ reason: "Not a number of type INT" });
  expect(parseValue("LONG", "9223372036854775808")).toEqual({ reason: "Not a number of type LONG" });
});

test("a 64-bit value that a number cannot hold becomes the largest that it can", () => {
  expect(parseValue("LONG", "9223372036854775807")).toEqual({ value: Number.MAX_SAFE_INTEGER });
  expect(parseValue("LONG", "-9223372036854775808")).toEqual({ value: Number.MIN_SAFE_INTEGER });
});

test("any 32-bit value is read as itself, any 64-bit value within the safe range too", () => {
  fc.assert(
    fc.property(fc.integer(), fc.maxSafeInteger(), (small, large) => {
      expect(parseValue("INT", String(small))).toEqual({ value: small });
      expect(parseValue("LONG", String(large))).toEqual({ value: large });
    }),
    { seed: 4 },
  );
});

test("booleans are true or false, in any case", () => {
  expect(parseValue("BOOLEAN", " TRUE ")).toEqual({ value: true });
  expect(parseValue("BOOLEAN", "false")).toEqual({ value: false });
  expect(parseValue("BOOLEAN", "yes")).toEqual({ reason: "Expected value to be either true or false" });
});

test("doubles are decimal, with or without an exponent", () => {
  expect(["0.5", "1e-2", ".5", "5.", "1.7976931348623157E308", "2d"].map((text) => parseValue("DOUBLE", text))).toEqual(
    [0.5, 0.01, 0.5, 5, Number.MAX_VALUE, 2].map((value) => ({ value })),
  );
  expect(parseValue("DOUBLE", "abc")).toEqual({ reason: "Not a number of type DOUBLE" });
});

test("lists are parted by commas, and an empty text is an empty list", () => {
  expect(parseValue("LIST", " a , b,c ")).toEqual({ value: ["a", "b", "c"] });
  expect(parseValue("LIST", "  ")).toEqual({ value: [] });
});

test("no text makes the parsers crash or slow", () => {
  fc.assert(
    fc.property(fc.constantFrom("INT", "LONG", "DOUBLE", "BOOLEAN", "LIST", "STRING"), fc.string(), (type, text) => {
      expect(Object.keys(parseValue(type as "INT", text))).toHaveLength(1);
    }),
    { seed: 5 },
  );
  expect(parseValue("DOUBLE", `${"1".repeat(1_000_000)}x`)).toHaveProperty("reason");
});

test("a complaint names value, property and reason, as Apache Kafka's does", () => {
  expect(readValue("num.partitions", int(1, "…", atLeast(1)), "0")).toEqual({
    reason: "Invalid value 0 for configuration num.partitions: Value must be at least 1",
  });
  expect(readValue("a", long(1, "…"), "x")).toEqual({
    reason: "Invalid value x for configuration a: Not a number of type LONG",
  });
});

test("lists can demand items, forbid repeats and empty items, and know their words", () => {
  expect(someItems.check("log.dirs", [])).toBe(
    "Configuration 'log.dirs' must not be empty. Valid values include: any non-empty value",
  );
  expect(someItems.check("log.dirs", ["a", "", "b"])).toBe("Configuration 'log.dirs' values must not be empty.");
  expect(someItems.check("log.dirs", ["a", "a"])).toBe("Configuration 'log.dirs' values must not be duplicated.");
  expect(someWordsOf("broker", "controller").check("process.roles", ["broker", "foo"])).toBe(
    "Invalid value foo for configuration process.roles: String must be one of: broker, controller",
  );
});

test("a range may have one value outside it", () => {
  const level = betweenOr(1, 9, -1);
  expect([-1, 1, 9].map((value) => level.check("l", value))).toEqual([null, null, null]);
  expect(level.check("l", 0)).toBe("Invalid value 0 for configuration l: Value must be between 1 and 9 or equal to -1");
});

test("throttled replicas are pairs, or a star", () => {
  expect(throttledReplicas.check("r", ["*"])).toBeNull();
  expect(throttledReplicas.check("r", ["0:1", "1:2"])).toBeNull();
  expect(throttledReplicas.check("r", ["a"])).toContain("must be the literal '*'");
});

test("a share group begins at a word or at a duration back", () => {
  const good = ["latest", "earliest", "by_duration:PT1H", "by_duration:P1DT2H3M4.5S", "by_duration:P2D"];
  expect(good.map((value) => offsetReset.check("r", value))).toEqual(good.map(() => null));
  for (const value of ["foo", "LATEST", "by_duration:", "by_duration:P", "by_duration:PT", "by_duration:-PT1H"]) {
    expect(offsetReset.check("r", value)).toContain("The value must be either 'earliest', 'latest'");
  }
});

test("voters are id@host:port", () => {
  expect(voters.check("v", ["1@localhost:9093", "2@[::1]:1"])).toBeNull();
  expect(voters.check("v", ["1@h"])).toContain("{id}@{host}:{port}");
});
