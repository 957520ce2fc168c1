/** Descriptors that are wrong: test/vectors/malformed.json. What it requires of each is spelled out here. */

import { describe, expect, it } from "vitest";
import { HidError, parseReportDescriptor, type ReportDescriptor } from "../src/index.ts";
import { bytes, readVectors } from "./support.ts";

interface MalformedCase {
  readonly name: string;
  readonly descriptor_hex: string;
  readonly requirement: string;
  readonly hidref_report_bits: string | null;
}

const { hid_report_descriptors: cases } = readVectors("malformed") as {
  readonly hid_report_descriptors: readonly MalformedCase[];
};

function parse(hex: string): ReportDescriptor | HidError {
  try {
    return parseReportDescriptor(bytes(hex));
  } catch (error) {
    if (error instanceof HidError) return error;
    throw error;
  }
}

describe("parseReportDescriptor", () => {
  it.each(cases)("$name: $requirement", ({ descriptor_hex, requirement, hidref_report_bits }) => {
    const result = parse(descriptor_hex);
    const mayReject = requirement.startsWith("reject") || requirement.endsWith("or reject; never crash");
    const mustReject = /^reject( \(|$)/.test(requirement);
    if (mustReject) {
      expect(result).toBeInstanceOf(HidError);
      return;
    }
    if (mayReject && result instanceof HidError) return;
    if (result instanceof HidError) throw result;

    if (requirement.includes("flag as incomplete")) {
      expect(result.isComplete && result.reports.length > 0).toBe(false);
    }
    // Where nothing is rejected, an independent tolerant reader saw the same reports.
    if (!result.isComplete && hidref_report_bits === null) return;
    const bits = result.reports.map(
      ({ type, id, bitLength }) => `('${type}', ${id ?? "None"}, ${bitLength})`,
    );
    expect(`[${bits.join(", ")}]`).toBe(hidref_report_bits);
  });

  it.each([
    ["long_item_truncated", "truncated-item", 6],
    ["end_collection_without_open", "unbalanced-collection", 0],
    ["pop_without_push", "unbalanced-stack", 2],
    ["report_id_zero", "report-id", 6],
  ])("says why and where it rejects %s", (name, code, offset) => {
    const { descriptor_hex } = cases.find((each) => each.name === name)!;
    expect(parse(descriptor_hex)).toMatchObject({ code, offset });
  });

  it("reads a maximum that is only meant unsigned as unsigned", () => {
    const { descriptor_hex } = cases.find(({ name }) => name === "logical_max_unsigned_1byte")!;
    const result = parseReportDescriptor(bytes(descriptor_hex));
    expect(result.reports[0]?.fields[0]).toMatchObject({ logicalMinimum: 0, logicalMaximum: 255 });
  });
});
