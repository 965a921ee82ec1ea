import { expect, test } from "vitest";
import { propertiesText } from "./properties-text.js";

const LINES = "# Größe\nnum.partitions=3\n";

test("a file is read in UTF-8", () => {
  expect(propertiesText(Buffer.from(LINES))).toBe(LINES);
});

test("the mark that Windows writes before UTF-8 does not become part of the first name", () => {
  expect(propertiesText(Buffer.from(`\uFEFF${LINES}`))).toBe(LINES);
});

test("a file in Latin-1 is read as Java reads it", () => {
  expect(propertiesText(Buffer.from(LINES, "latin1"))).toBe(LINES);
});

test.each([
  ["in UTF-16", Buffer.from(`\uFEFF${LINES}`, "utf16le")],
  ["without any text", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x00, 0xff])],
])("a file %s is refused", (_, bytes) => {
  expect(propertiesText(bytes)).toBeNull();
});
