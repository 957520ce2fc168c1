/** Reports of real devices, mostly captured on the bus: test/vectors/hid_reports.json. */

import { describe, expect, it } from "vitest";
import {
  type DecodedReport,
  decodeReport,
  HidError,
  parseReportDescriptor,
  type ReportType,
  readBits,
  writeBits,
} from "../src/index.ts";
import { bytes, hexUsage, readVectors } from "./support.ts";

type DecodedVector =
  | { usage: string; value: number }
  | { usage: string; values: number[] }
  | { array: number[]; active_usages: string[] };

interface Vectors {
  readonly cases: readonly {
    readonly name: string;
    readonly descriptor_hex: string;
    readonly report_type: ReportType;
    readonly report_hex: string;
    readonly report_id: number | null;
    readonly decoded: readonly DecodedVector[];
  }[];
  readonly bit_extraction: readonly {
    readonly bytes: string;
    readonly bit_start: number;
    readonly bit_end_exclusive: number;
    readonly signed: boolean;
    readonly expected: number | string;
  }[];
  readonly twos_complement: readonly {
    readonly value: number;
    readonly bits: number;
    readonly expected: number;
  }[];
}

const vectors = readVectors("hid_reports") as Vectors;

/** The vectors join the values of neighbours with one usage, and the slots of an array. */
function asVectors({ values }: DecodedReport): DecodedVector[] {
  const entries: DecodedVector[] = [];
  let before: (typeof values)[number] | undefined;
  for (const decoded of values) {
    const usage = hexUsage(decoded.usage);
    const last = entries.at(-1);
    if (decoded.field.kind === "array") {
      const entry =
        last !== undefined && "array" in last && before?.field === decoded.field ? last : undefined;
      const slots = entry ?? { array: [], active_usages: [] };
      if (entry === undefined) entries.push(slots);
      slots.array.push(decoded.value);
      if (decoded.usage !== undefined) slots.active_usages.push(usage);
    } else if (last !== undefined && "usage" in last && last.usage === usage) {
      const values = "values" in last ? last.values : [last.value];
      entries[entries.length - 1] = { usage, values: [...values, decoded.value] };
    } else {
      entries.push({ usage, value: decoded.value });
    }
    before = decoded;
  }
  return entries;
}

describe("decodeReport", () => {
  it.each(vectors.cases)(
    "decodes $name",
    ({ descriptor_hex, report_type, report_hex, report_id, decoded }) => {
      const report = decodeReport(
        parseReportDescriptor(bytes(descriptor_hex)),
        report_type,
        bytes(report_hex),
      );
      expect(report.report.id ?? null).toBe(report_id);
      expect(asVectors(report)).toEqual(decoded);
    },
  );
});

describe("readBits", () => {
  it.each(vectors.bit_extraction)("reads bits $bit_start to $bit_end_exclusive of $bytes", (vector) => {
    const { bit_start, bit_end_exclusive, signed, expected } = vector;
    const read = () => readBits(bytes(vector.bytes), bit_start, bit_end_exclusive - bit_start, signed);
    if (typeof expected === "number") expect(read()).toBe(expected);
    else expect(read).toThrow(HidError);
  });

  it.each(vectors.twos_complement)(
    "takes $value in $bits bits for $expected",
    ({ value, bits, expected }) => {
      const data = new Uint8Array(4);
      writeBits(data, 3, bits, value);
      expect(readBits(data, 3, bits, true)).toBe(expected);
    },
  );
});
