/// <reference types="node" />

/** What several tests need: vectors in the form that the cases have, and bytes from hex. */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { carriesData, type Field, nthUsage, type ReportDescriptor, usageOfControl } from "../src/index.ts";

export const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));

export const readVectors = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), "utf8"));

/** An entry of `fields` in hid_report_descriptors.json. */
export interface FieldVector {
  readonly k: "v" | "c" | "pad" | "a";
  readonly u?: string;
  readonly usages?: readonly string[];
  readonly bit: number;
  readonly size: number;
  readonly n?: number;
  readonly lmin?: number;
  readonly lmax?: number;
  readonly rel?: 1;
}

export const hexUsage = (usage: number | undefined): string => (usage ?? 0).toString(16).padStart(8, "0");

/** The fields of each report as the vectors write them. */
export function fieldsAsVectors({ reports }: ReportDescriptor): Record<string, FieldVector[]> {
  const entries = reports.map(({ type, id, fields }) => [
    `${type}:${id ?? "none"}`,
    joinNeighbours(fields.flatMap(asVectors)),
  ]);
  return Object.fromEntries(entries.filter(([, fields]) => (fields as FieldVector[]).length > 0));
}

function asVectors(field: Field): FieldVector[] {
  const { bitOffset: bit, bitSize: size, count, logicalMinimum: lmin, logicalMaximum: lmax } = field;
  if (field.isConstant && (field.usageCount === 0 || field.kind === "array")) {
    return [{ k: "pad", bit, size: size * count }];
  }
  const common = { size, lmin, lmax, ...(field.isRelative ? { rel: 1 as const } : {}) };
  if (field.kind === "array") {
    const usages = field.usages.map(({ first, last }) =>
      first === last ? hexUsage(first) : `${hexUsage(first)}-${hexUsage(last)}`,
    );
    return [{ k: "a", bit, n: count, usages, ...common }];
  }
  const k = carriesData(field) ? "v" : "c";
  return Array.from({ length: count }, (_, index) => {
    return { k, u: hexUsage(usageOfControl(field, index)), bit: bit + index * size, n: 1, ...common };
  });
}

/** Equal controls that follow each other are one entry, even where they are of two fields. */
function joinNeighbours(fields: readonly FieldVector[]): FieldVector[] {
  const joined: FieldVector[] = [];
  for (const field of fields) {
    const last = joined.at(-1);
    const n = last?.n ?? 0;
    const isSame =
      field.u !== undefined && isDeepStrictEqual({ ...last, bit: 0, n: 0 }, { ...field, bit: 0, n: 0 });
    if (isSame) joined[joined.length - 1] = { ...last!, n: n + 1 };
    else joined.push(field);
  }
  return joined;
}

/** All usages of a field, for short lists. */
export const usagesOf = (field: Field): string[] =>
  Array.from({ length: field.usageCount }, (_, index) => hexUsage(nthUsage(field, index)));
