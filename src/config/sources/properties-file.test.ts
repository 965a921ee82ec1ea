import fc from "fast-check";
import { expect, test } from "vitest";
import { parseProperties } from "./properties-file.js";

function pairs(text: string): Record<string, string> {
  const parsed = parseProperties(text);
  if ("error" in parsed) throw new Error(parsed.error);
  return Object.fromEntries(parsed.entries.map(({ name, value }) => [name, value]));
}

test("names end at an equals sign, a colon or a blank", () => {
  expect(pairs("a=1\nb:2\nc 3\nd = 4\ne\t:\t5\nf")).toEqual({ a: "1", b: "2", c: "3", d: "4", e: "5", f: "" });
});

test("only the first separator counts", () => {
  expect(pairs("listeners=PLAINTEXT://:9092,A://h:1\na==b\nb=:c\nc : = d")).toEqual({
    listeners: "PLAINTEXT://:9092,A://h:1",
    a: "=b",
    b: ":c",
    c: "= d",
  });
});

test("comments and blank lines are left out, also after blanks", () => {
  expect(pairs("# one\n   ! two\n\n \t \na=1 # not a comment\r\nb=2\rc=3")).toEqual({
    a: "1 # not a comment",
    b: "2",
    c: "3",
  });
});

test("a line that ends in a backslash goes on in the next, without its leading blanks", () => {
  expect(pairs("a=x,\\\n    y,\\\r\n\tz\nb=1")).toEqual({ a: "x,y,z", b: "1" });
});

test("a comment sign that continues a line is part of the value", () => {
  expect(pairs("a=x\\\n#y")).toEqual({ a: "x#y" });
});

test("two backslashes at the end are one backslash, not a continuation", () => {
  expect(pairs("a=c:\\\\\nb=1")).toEqual({ a: "c:\\", b: "1" });
});

test("escapes stand for blanks, separators and any character", () => {
  expect(pairs("a\\ b\\=c\\:d=\\t\\u00e9\\q\\#")).toEqual({ "a b=c:d": "\té" + "q#" });
});

test("trailing blanks belong to the value", () => {
  expect(pairs("a=1  ")).toEqual({ a: "1  " });
});

test("a broken unicode escape is an error with its line", () => {
  expect(parseProperties("a=1\n\nb=\\u12x4")).toEqual({
    error: "line 3: \\u must be followed by four hexadecimal digits",
  });
});

test("each entry knows the line on which it begins", () => {
  const parsed = parseProperties("# x\na=1\\\n2\nb=3");
  expect(parsed).toEqual({
    entries: [
      { name: "a", value: "12", line: 2 },
      { name: "b", value: "3", line: 4 },
    ],
  });
});

test("what is written with escapes is read back, whatever it is", () => {
  const word = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(word, word, (name, value) => {
      fc.pre(name !== "");
      expect(pairs(`${escaped(name)}=${escaped(value)}`)).toEqual({ [name]: value });
    }),
    { seed: 1 },
  );
});

/** Unit by unit, so that halves of a pair survive too. */
function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, at) => {
    return `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }).join("");
}

test("any text is read without a crash", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "=", ":", " ", "\\", "\n", "\r", "#", "!", "u", "0") }),
      (text) => {
        const parsed = parseProperties(text);
        if ("error" in parsed) expect(parsed.error).toMatch(/^line [0-9]+: /);
      },
    ),
    { seed: 2, numRuns: 2000 },
  );
});
