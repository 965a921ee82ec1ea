/** The results for other programs: JUnit's XML, and JSON. */
import type { Client } from "./client.js";
import type { Cell } from "./results.js";

export interface WrittenResults {
  readonly broker: string;
  readonly clients: readonly WrittenClient[];
  readonly cells: readonly Cell[];
}

export interface WrittenClient {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly language: string;
  /** When it ran, in ISO form; empty if it never did. */
  readonly at: string;
}

export function writtenResults(
  broker: string,
  at: Date | null,
  clients: readonly Client[],
  cells: readonly Cell[],
): WrittenResults {
  return {
    broker,
    clients: clients.map(({ folderName, name, version, language }) => ({
      ...{ folder: folderName, name, version, language },
      at: at?.toISOString() ?? "",
    })),
    cells,
  };
}

/** A line for each client and each cell: what changes is seen in a diff. */
export function jsonOf({ broker, clients, cells }: WrittenResults): string {
  const lines = (items: readonly object[]) => items.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
  return `{
  "broker": ${JSON.stringify(broker)},
  "clients": [
${lines(clients)}
  ],
  "cells": [
${lines(cells)}
  ]
}
`;
}

/** One test suite per client; a known difference and what was not tried count as skipped. */
export function junitOf(clients: readonly Client[], cells: readonly Cell[]): string {
  const suites = clients.map(({ folderName }) => {
    const own = cells.filter(({ client }) => client === folderName);
    const count = (...which: Cell["outcome"][]) => own.filter(({ outcome }) => which.includes(outcome)).length;
    const skipped = count("unsupported", "known", "skipped");
    return [
      `  <testsuite name="${escaped(folderName)}" tests="${own.length}" failures="${count("failed")}" skipped="${skipped}">`,
      ...own.map(testCase),
      "  </testsuite>",
    ].join("\n");
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>", ""].join("\n");
}

function testCase({ client, scenario, outcome, ms, message }: Cell): string {
  const open = `    <testcase classname="${escaped(client)}" name="${escaped(scenario)}" time="${(ms / 1000).toFixed(3)}"`;
  if (outcome === "passed") return `${open}/>`;
  const inner = outcome === "failed" ? "failure" : "skipped";
  return `${open}><${inner} message="${escaped(message)}"/></testcase>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  // What XML 1.0 cannot hold at all is left out.
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "")
    .replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
