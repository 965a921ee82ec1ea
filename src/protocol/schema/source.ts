/** The text of a codec under construction: functions, and the constants that they refer to. */
import { invariant } from "../../lib/invariant.js";

export class Source {
  private readonly functions: string[] = [];
  private readonly constants: unknown[] = [];

  /** Adds a function whose body refers to its parameters; returns its name. */
  define(parameters: string, body: readonly string[]): string {
    const name = `f${this.functions.length}`;
    this.functions.push(`function ${name}(${parameters}) {\n${body.map((line) => `  ${line}`).join("\n")}\n}`);
    return name;
  }

  /** Text that stands for the value: itself if that is short, else the name of a constant. */
  constant(value: unknown): string {
    if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "string") return JSON.stringify(value);
    if (Array.isArray(value) && value.length === 0) return "[]";
    return `constants[${this.constants.push(value) - 1}]`;
  }

  compile<Codec>(main: string, tools: Readonly<Record<string, unknown>>): Codec {
    const text = `"use strict";\n${this.functions.join("\n")}\nreturn ${main};`;
    return new Function("constants", ...Object.keys(tools), text)(this.constants, ...Object.values(tools));
  }
}

/** Field names become part of the source text, so they are what they should be. */
export function checkedName(name: string): string {
  invariant(/^[a-z][A-Za-z0-9]{0,60}$/.test(name), `${name} is a field name`);
  return name;
}
