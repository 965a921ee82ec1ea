/** Rules about parsed values. Each has the text that Kafka's documentation shows and complains in Kafka's words. */
import { type ConfigValue, invalid, showValue } from "./value-types.js";

/** `T` is the set of words that pass, for the types of `choice` and `list`. */
export interface Validator<T extends string = string> {
  /** What is allowed, in short: `[0,...]`. */
  readonly allowed: string;
  /** The complaint, or `null` when the value is good. */
  check(name: string, value: ConfigValue): string | null;
  readonly words?: readonly T[];
}

export function atLeast(min: number): Validator {
  return { allowed: `[${min},...]`, check: (name, value) => checkRange(name, value, min, null) };
}

export function between(min: number, max: number): Validator {
  return { allowed: `[${min},...,${max}]`, check: (name, value) => checkRange(name, value, min, max) };
}

/** A range, or one value outside it that has a meaning of its own. */
export function betweenOr(min: number, max: number, other: number): Validator {
  const check: Validator["check"] = (name, value) => {
    if (value === other || checkRange(name, value, min, max) === null) return null;
    return invalid(showValue(value), name, `Value must be between ${min} and ${max} or equal to ${other}`);
  };
  return { allowed: `[${min},...,${max}] or ${other}`, check };
}

function checkRange(name: string, value: ConfigValue, min: number, max: number | null): string | null {
  if (typeof value !== "number") return null;
  if (value < min) return invalid(showValue(value), name, `Value must be at least ${min}`);
  if (max !== null && value > max) return invalid(showValue(value), name, `Value must be no more than ${max}`);
  return null;
}

export function oneOf<const T extends string>(...words: readonly T[]): Validator<T> {
  const check: Validator["check"] = (name, value) => {
    if (words.some((word) => word === value)) return null;
    return invalid(showValue(value), name, `String must be one of: ${words.join(", ")}`);
  };
  return { allowed: `[${words.join(", ")}]`, check, words };
}

export function oneOfInAnyCase(...words: readonly string[]): Validator {
  const check: Validator["check"] = (name, value) => {
    if (words.includes(String(value).toUpperCase())) return null;
    return invalid(showValue(value), name, `String must be one of (case insensitive): ${words.join(", ")}`);
  };
  return { allowed: `(case insensitive) [${words.join(", ")}]`, check };
}

export const nonEmpty: Validator = {
  allowed: "non-empty string",
  check: (name, value) => (value === "" ? invalid("", name, "String must be non-empty") : null),
};

/** A name that can stand in a path as it is. */
export const plainName: Validator = {
  allowed: "letters, digits, '.', '_' and '-'",
  check: (name, value) => {
    const isPlain = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(String(value));
    return isPlain ? null : invalid(showValue(value), name, "It may have up to 100 letters, digits, '.', '_' and '-'");
  },
};

/** A list in which no item comes twice and no item is empty. */
export const anyItems: Validator = listRule([], { emptyAllowed: true, repeatsAllowed: false });

/** As `anyItems`, with at least one item. */
export const someItems: Validator = listRule([], { emptyAllowed: false, repeatsAllowed: false });

/** A list of these words, in any order, each at most once. */
export function wordsOf<const T extends string>(...words: readonly T[]): Validator<T> {
  return listRule(words, { emptyAllowed: true, repeatsAllowed: false });
}

/** As `wordsOf`, with at least one of them. */
export function someWordsOf<const T extends string>(...words: readonly T[]): Validator<T> {
  return listRule(words, { emptyAllowed: false, repeatsAllowed: false });
}

/** As `wordsOf`, but a word may come twice. */
export function repeatableWordsOf<const T extends string>(...words: readonly T[]): Validator<T> {
  return listRule(words, { emptyAllowed: true, repeatsAllowed: true });
}

function listRule<T extends string>(
  words: readonly T[],
  rule: { readonly emptyAllowed: boolean; readonly repeatsAllowed: boolean },
): Validator<T> {
  const allowed = words.length === 0 ? "any non-empty value" : `[${words.join(", ")}]`;
  const check: Validator["check"] = (name, value) => {
    if (!isList(value)) return null;
    if (value.length === 0 && !rule.emptyAllowed) {
      return `Configuration '${name}' must not be empty. Valid values include: ${allowed}`;
    }
    if (value.includes("")) return `Configuration '${name}' values must not be empty.`;
    if (!rule.repeatsAllowed && new Set(value).size < value.length) {
      return `Configuration '${name}' values must not be duplicated.`;
    }
    const stranger = words.length === 0 ? undefined : value.find((item) => !words.some((word) => word === item));
    return stranger === undefined ? null : invalid(stranger, name, `String must be one of: ${words.join(", ")}`);
  };
  return { allowed: words.length === 0 ? "" : allowed, check, words };
}

/** `*`, or pairs of partition and broker: `0:1,1:2`. */
export const throttledReplicas: Validator = {
  allowed: "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
  check: (name, value) => {
    if (!isList(value) || (value.length === 1 && value[0] === "*")) return null;
    if (value.every((item) => /^[0-9]+:[0-9]+$/.test(item))) return null;
    const form = "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
    return invalid(
      showValue(value),
      name,
      `${name} must be the literal '*' or a list of replicas in the following format: ${form}`,
    );
  },
};

/** Counts for some addresses: `10.0.0.1:5,example.org:7`. */
export const addressCounts: Validator = {
  allowed: "",
  check: (name, value) => {
    const items = String(value)
      .split(",")
      .filter((item) => item.trim() !== "");
    const wrong = items.find((item) => !/^[^,]{1,255}:\s{0,8}[0-9]{1,10}\s{0,8}$/.test(item));
    return wrong === undefined ? null : `Error parsing configuration property '${name}': ${wrong}`;
  },
};

/** Controllers of a Kafka cluster: `1@host:9093`. */
export const voters: Validator = {
  allowed: "non-empty list",
  check: (name, value) => {
    const wrong = isList(value)
      ? value.find((entry) => !/^[0-9]{1,10}@[^@/]{1,255}:[0-9]{1,5}$/.test(entry))
      : undefined;
    return wrong === undefined ? null : invalid(wrong, name, "Each entry should be in the form `{id}@{host}:{port}`");
  },
};

/** Addresses of controllers: `host:9093`. */
export const servers: Validator = {
  allowed: "non-empty list",
  check: (name, value) => {
    const wrong = isList(value) ? value.find((entry) => !/^[^/]{1,255}:[0-9]{1,5}$/.test(entry)) : undefined;
    return wrong === undefined ? null : invalid(wrong, name, 'Each entry should be in the form "{host}:{port}"');
  },
};

/** Where a share group begins: a word, or an ISO 8601 duration of days, hours, minutes and seconds. */
export const offsetReset: Validator = {
  allowed: "[latest, earliest, by_duration:PnDTnHnMn.nS]",
  check: (name, value) => {
    const written = String(value);
    if (written === "latest" || written === "earliest") return null;
    const days = "(?:[0-9]{1,9}D)?";
    const time = "(?:T(?=[0-9])(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?S)?)?";
    if (new RegExp(`^by_duration:P(?=[0-9T])${days}${time}$`, "i").test(written)) return null;
    const form = "The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.";
    return invalid(written, name, `Invalid value \`${written}\` for configuration ${name}. ${form}`);
  },
};

function isList(value: ConfigValue): value is readonly string[] {
  return Array.isArray(value);
}
