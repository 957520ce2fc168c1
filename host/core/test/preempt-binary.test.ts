import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LinkError, Reader } from "../src/component/reader.ts";
import { Writer } from "../src/component/writer.ts";

/** What `write` writes. */
function written(write: (writer: Writer) => void, capacity?: number): Uint8Array {
  const writer = new Writer(capacity);
  write(writer);
  return writer.finish();
}

const reader = (...bytes: number[]) => new Reader(Uint8Array.from(bytes));

describe("the reader of WebAssembly binaries", () => {
  test.each([
    ["a byte past the end", [], (at: Reader) => at.byte(), "the binary ends too early (at byte 0)"],
    ["a number past the end", [0x80], (at: Reader) => at.u32(), "the binary ends too early (at byte 1)"],
    ["33 bits", [0xff, 0xff, 0xff, 0xff, 0x1f], (at: Reader) => at.u32(), "has more than 32 bits"],
    ["six bytes", [0x80, 0x80, 0x80, 0x80, 0x80, 0], (at: Reader) => at.u32(), "has more than 32 bits"],
    [
      "a list past the end",
      [3, 0, 0],
      (at: Reader) => at.list((each) => each.byte()),
      "a list of 3 lies in 2",
    ],
    ["a text past the end", [2, 97], (at: Reader) => at.text(), "a list of 2 lies in 1 bytes"],
    ["a text that is no UTF-8", [1, 0xff], (at: Reader) => at.text(), "the name at byte 1 is not UTF-8"],
    ["a surrogate", [3, 0xed, 0xa0, 0x80], (at: Reader) => at.text(), "is not UTF-8"],
    ["a part past the end", [2, 0], (at: Reader) => at.part(), "a list of 2 lies in 1 bytes"],
    [
      "another byte",
      [7],
      (at: Reader) => at.expect(0x60, "a type"),
      "a type begins with 0x07 instead of 0x60",
    ],
    ["another option", [2], (at: Reader) => at.optional((each) => each.byte()), "an option begins with 0x02"],
  ])("%s is refused", (_, bytes, read, message) => {
    expect(() => read(reader(...bytes))).toThrow(message);
    expect(() => read(reader(...bytes))).toThrow(LinkError);
  });

  test("bounds outside the bytes are refused", () => {
    expect(() => new Reader(new Uint8Array(4), 0, 5)).toThrow(LinkError);
    expect(() => new Reader(new Uint8Array(4), 3, 2)).toThrow(LinkError);
  });

  test("a part ends where its length says, and the whole goes on behind it", () => {
    const whole = reader(2, 10, 11, 12);
    const part = whole.part();
    expect([...part.rest()]).toEqual([10, 11]);
    expect(part.done).toBe(true);
    expect(part.peek()).toBe(-1);
    expect(whole.peek()).toBe(12);
    expect(whole.byte()).toBe(12);
    expect(whole.done).toBe(true);
  });

  test("options and lists", () => {
    expect(reader(0).optional((each) => each.byte())).toBeUndefined();
    expect(reader(1, 9).optional((each) => each.byte())).toBe(9);
    expect(reader(2, 9, 8).list((each) => each.byte())).toEqual([9, 8]);
  });
});

describe("the writer of WebAssembly binaries", () => {
  test("numbers and texts are read as they were written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xffff_ffff)),
        fc.array(fc.string({ unit: "binary" })),
        (numbers, texts) => {
          const bytes = written((writer) => {
            for (const number of numbers) writer.u32(number);
            for (const text of texts) writer.text(text);
          }, 1);
          const read = new Reader(bytes);
          expect(numbers.map(() => read.u32())).toEqual(numbers);
          // A lone surrogate is no character, so what is written for it is U+FFFD.
          expect(texts.map(() => read.text())).toEqual(texts.map((text) => text.toWellFormed()));
          expect(read.done).toBe(true);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  test("a byte order mark is a character", () => {
    expect(new Reader(written((writer) => writer.text("\ufeffa"))).text()).toBe("\ufeffa");
  });

  test("signed numbers, by the specification's limits", () => {
    const signed = (value: number) => [...written((writer) => writer.s32(value))];
    expect(signed(0)).toEqual([0]);
    expect(signed(63)).toEqual([0x3f]);
    expect(signed(64)).toEqual([0xc0, 0]);
    expect(signed(-1)).toEqual([0x7f]);
    expect(signed(-64)).toEqual([0x40]);
    expect(signed(-65)).toEqual([0xbf, 0x7f]);
    expect(signed(2 ** 31 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x07]);
    expect(signed(-(2 ** 31))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });

  test("a size is filled in afterwards, padded or as short as it can be", () => {
    const piece = (close: "fillSize" | "closeSize", length: number) =>
      written((writer) => {
        writer.byte(1);
        const start = writer.keepSize();
        writer.bytes(new Uint8Array(length).fill(7));
        writer[close](start);
        writer.byte(2);
      }, 2);
    expect([...piece("fillSize", 2)]).toEqual([1, 0x82, 0x80, 0x80, 0x80, 0, 7, 7, 2]);
    expect([...piece("closeSize", 2)]).toEqual([1, 2, 7, 7, 2]);
    for (const close of ["fillSize", "closeSize"] as const) {
      const read = new Reader(piece(close, 300), 1);
      expect(read.part().rest()).toHaveLength(300);
      expect(read.byte()).toBe(2);
    }
  });

  test("pieces are copied and taken out", () => {
    const source = Uint8Array.from({ length: 200 }, (_, index) => index);
    const bytes = written((writer) => {
      writer.copy(source, 3, 5);
      writer.copy(source, 100, 180);
      writer.remove(1, 3);
    }, 1);
    expect([...bytes]).toEqual([3, ...source.subarray(101, 180)]);
  });
});
