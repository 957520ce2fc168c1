/** Real descriptors, and independent parsers' views of them: test/vectors/hid_report_descriptors.json. */

import { describe, expect, it } from "vitest";
import { longestTransfer, parseReportDescriptor, usageId, usagePage } from "../src/index.ts";
import { bytes, type FieldVector, fieldsAsVectors, readVectors } from "./support.ts";

interface DescriptorCase {
  readonly name: string;
  readonly length: number;
  readonly descriptor_hex: string;
  readonly expected: {
    readonly uses_report_ids: boolean;
    readonly top_level_collections: readonly unknown[];
    readonly reports: readonly unknown[];
    readonly max_bytes_on_wire: unknown;
  };
  readonly fields: Record<string, readonly FieldVector[]>;
  readonly notes_problems?: readonly string[];
}

const { cases } = readVectors("hid_report_descriptors") as { readonly cases: readonly DescriptorCase[] };

describe.each(cases)("$name", ({ descriptor_hex, expected, fields, length, notes_problems }) => {
  const raw = bytes(descriptor_hex);
  const descriptor = parseReportDescriptor(raw);

  it("has the expected collections and reports", () => {
    expect(raw).toHaveLength(length);
    expect({
      uses_report_ids: descriptor.usesReportIds,
      top_level_collections: descriptor.collections.map(({ usage, type }) => ({
        usage_page: usagePage(usage),
        usage: usageId(usage),
        type,
      })),
      reports: descriptor.reports.map(({ type, id, bitLength, byteLength, transferLength }) => ({
        type,
        id: id ?? null,
        bits: bitLength,
        bytes: byteLength,
        bytes_on_wire: transferLength,
      })),
      max_bytes_on_wire: {
        input: longestTransfer(descriptor, "input"),
        output: longestTransfer(descriptor, "output"),
        feature: longestTransfer(descriptor, "feature"),
      },
    }).toEqual(expected);
  });

  it("has the expected fields", () => {
    expect(fieldsAsVectors(descriptor)).toEqual(fields);
  });

  it("lists mistakes, and only of descriptors that have some", () => {
    if (notes_problems !== undefined) expect(descriptor.problems).not.toEqual([]);
  });
});
