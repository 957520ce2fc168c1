/** A hundred thousand wrong descriptors with a fixed seed; ten million and more with `pnpm fuzz`. */

import { mutate, randomOf } from "@busbar/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeFields,
  HidError,
  itemsOf,
  parseBootKeyboardReport,
  parseBootMouseReport,
  parseReportDescriptor,
} from "../src/index.ts";
import { exercise, randomItems } from "./fuzz-inputs.ts";
import { bytes, readVectors } from "./support.ts";

const { cases } = readVectors("hid_report_descriptors") as {
  readonly cases: readonly { readonly descriptor_hex: string }[];
};
const corpus = cases
  .map(({ descriptor_hex }) => [...bytes(descriptor_hex)])
  .filter(({ length }) => length < 400);

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe("a descriptor that is", () => {
  it("made of random items ends in a result or a HidError", () => {
    let accepted = 0;
    const property = fc.property(seeds, (seed) => {
      const random = randomOf(seed);
      if (exercise(Uint8Array.from(randomItems(random)), random)) accepted++;
    });
    fc.assert(property, { seed: 1, numRuns: 60_000 });
    // Or else the inputs are not near enough to what devices send.
    expect(accepted).toBeGreaterThan(6_000);
  });

  it("a damaged one of a real device ends in a result or a HidError", () => {
    let accepted = 0;
    const property = fc.property(seeds, fc.nat(corpus.length - 1), (seed, index) => {
      const random = randomOf(seed);
      if (exercise(mutate(corpus[index]!, random), random)) accepted++;
    });
    fc.assert(property, { seed: 2, numRuns: 20_000 });
    expect(accepted).toBeGreaterThan(2_000);
  });

  it("random bytes ends in a result or a HidError", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 64 }), seeds, (data, seed) => {
      exercise(data, randomOf(seed));
    });
    fc.assert(property, { seed: 3, numRuns: 20_000 });
  });
});

describe("claims of size", () => {
  it("cost nothing but the bytes of the descriptor", () => {
    // The largest report that a transfer can move, and a list of usages as long as a descriptor can be.
    const usages = Array.from({ length: 30_000 }, (_, index) => [0x09, index & 0xff]).flat();
    const descriptor = Uint8Array.from([
      0x05,
      0x09,
      ...usages,
      0x75,
      0x01,
      0x97,
      0xf8,
      0xff,
      0x07,
      0x00,
      0x81,
      0x02,
    ]);
    const { reports } = parseReportDescriptor(descriptor);
    expect(reports[0]).toMatchObject({ byteLength: 0xffff, fields: { length: 1 } });
    expect(decodeFields(reports[0]!, new Uint8Array(0xffff)).values).toHaveLength(0x7_fff8);
  });
});

describe("boot reports", () => {
  it("of any bytes end in a result or a HidError", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 12 }), (data) => {
      for (const parse of [parseBootKeyboardReport, parseBootMouseReport]) {
        try {
          parse(data);
        } catch (error) {
          expect(error).toBeInstanceOf(HidError);
        }
      }
    });
    fc.assert(property, { seed: 4, numRuns: 2_000 });
  });
});

describe("items", () => {
  it("cover every byte exactly once", () => {
    for (const descriptor of corpus) {
      let end = 0;
      for (const item of itemsOf(Uint8Array.from(descriptor))) {
        expect(item.offset).toBe(end);
        if (item.kind === "cut-off") throw new Error("no descriptor of the corpus is cut off");
        end += item.kind === "long" ? 3 + item.data.length : 1 + item.size;
      }
      expect(end).toBe(descriptor.length);
    }
  });
});
