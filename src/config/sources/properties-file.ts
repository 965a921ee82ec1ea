/** The syntax of `server.properties`, as java.util.Properties reads it: comments, continued lines, escapes. */

interface FileEntry {
  readonly name: string;
  readonly value: string;
  /** Counted from 1: where the entry begins. */
  readonly line: number;
}

export type ParsedFile = { readonly entries: readonly FileEntry[] } | { readonly error: string };

/** A name that comes twice is in the list twice; the later one counts. */
export function parseProperties(fileText: string): ParsedFile {
  const entries: FileEntry[] = [];
  for (const { text, line } of logicalLines(fileText)) {
    const { name, value } = splitEntry(text);
    const plainName = unescaped(name);
    const plainValue = unescaped(value);
    if (plainName === null || plainValue === null) {
      return { error: `line ${line}: \\u must be followed by four hexadecimal digits` };
    }
    entries.push({ name: plainName, value: plainValue, line });
  }
  return { entries };
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/** Joins lines that end in an odd number of backslashes with the next, and drops blank lines and comments. */
function logicalLines(fileText: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: { text: string; line: number } | null = null;
  for (const [index, natural] of fileText.split(/\r\n|\n|\r/).entries()) {
    const trimmed = withoutLeadingBlanks(natural);
    if (open === null && (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith("!"))) continue;
    const continued = trailingBackslashes(trimmed) % 2 === 1;
    const part = continued ? trimmed.slice(0, -1) : trimmed;
    const current: LogicalLine = open === null ? { text: part, line: index + 1 } : { ...open, text: open.text + part };
    open = continued ? current : null;
    if (!continued) lines.push(current);
  }
  if (open !== null && open.text !== "") lines.push(open);
  return lines;
}

/** The name ends at the first `=`, `:` or blank that is not escaped; blanks around the separator do not count. */
function splitEntry(text: string): { name: string; value: string } {
  let end = 0;
  while (end < text.length && !isSeparator(text[end] ?? "")) end += text[end] === "\\" ? 2 : 1;
  end = Math.min(end, text.length);
  const rest = withoutLeadingBlanks(text.slice(end));
  const value = rest.startsWith("=") || rest.startsWith(":") ? withoutLeadingBlanks(rest.slice(1)) : rest;
  return { name: text.slice(0, end), value };
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

/** `null` when a `\u` is not followed by four hexadecimal digits. */
function unescaped(text: string): string | null {
  let plain = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char !== "\\") {
      plain += char;
      continue;
    }
    at += 1;
    const escaped = text[at] ?? "";
    if (escaped !== "u") {
      plain += ESCAPES[escaped] ?? escaped;
      continue;
    }
    const digits = text.slice(at + 1, at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return null;
    plain += String.fromCharCode(Number.parseInt(digits, 16));
    at += 4;
  }
  return plain;
}

function isSeparator(char: string): boolean {
  return char === "=" || char === ":" || isBlank(char);
}

function isBlank(char: string): boolean {
  return char === " " || char === "\t" || char === "\f";
}

function withoutLeadingBlanks(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text[start] ?? "")) start += 1;
  return text.slice(start);
}

function trailingBackslashes(text: string): number {
  let count = 0;
  while (text[text.length - 1 - count] === "\\") count += 1;
  return count;
}
