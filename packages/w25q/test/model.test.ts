import { VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { protectedRange } from "../src/model/protection.ts";
import model, { W25q } from "../src/model.ts";

const MIB = 2 ** 20;

function powered(bytes = 16 * MIB) {
  const clock = new VirtualClock();
  const chip = new W25q({ bytes }, clock);
  /** One selection: what is sent, then what comes. */
  const run = (sent: readonly number[], length = 0): number[] => {
    chip.select();
    for (const byte of sent) chip.transfer(byte);
    const received = Array.from({ length }, () => chip.transfer(0));
    chip.release();
    return received;
  };
  const status = () => run([0x05], 1)[0]!;
  /** An instruction that changes something, and all the time it needs. */
  const change = (...sent: number[]) => {
    run([0x06]);
    run(sent);
    clock.advance(200_000);
  };
  return { chip, clock, run, status, change };
}

describe("identification (section 8.1.1)", () => {
  test.each([
    [1, 0x14],
    [16, 0x18],
    [32, 0x19],
    [64, 0x20],
  ])("%d MiB: 0x%i", (mebibytes, capacity) => {
    expect(powered(mebibytes * MIB).run([0x9f], 3)).toEqual([0xef, 0x40, capacity]);
  });

  test("is not given in power-down, nor while it is busy", () => {
    const { chip, run, clock } = powered();
    chip.powerDown();
    expect(run([0x9f], 3)).toEqual([0xff, 0xff, 0xff]);
    run([0xab]);
    chip.makeBusy(10);
    expect(run([0x9f], 3)).toEqual([0xff, 0xff, 0xff]);
    clock.advance(10);
    expect(run([0x9f], 3)).toEqual([0xef, 0x40, 0x18]);
    run([0xb9]);
    expect(run([0xab, 0, 0, 0], 1)).toEqual([0x17]);
  });
});

describe("programming (section 8.2.13)", () => {
  test("makes bits 0 only, and needs a write to be enabled, once for each", () => {
    const { run, change, status } = powered();
    run([0x02, 0, 0, 0, 0x0f]);
    expect(run([0x03, 0, 0, 0], 1)).toEqual([0xff]);
    change(0x02, 0, 0, 0, 0x0f);
    change(0x02, 0, 0, 0, 0xf3);
    expect(run([0x03, 0, 0, 0], 2)).toEqual([0x03, 0xff]);
    expect(status()).toBe(0);
  });

  test("wraps at the end of its page", () => {
    const { run, change } = powered();
    change(0x02, 0, 0, 0xfe, 1, 2, 3);
    expect(run([0x03, 0, 0, 0xfe], 3)).toEqual([1, 2, 0xff]);
    expect(run([0x03, 0, 0, 0], 1)).toEqual([3]);
  });

  test("takes its time, in which it answers nothing but its status", () => {
    const { clock, run, status } = powered();
    run([0x06]);
    expect(status()).toBe(0x02);
    run([0x02, 0, 0, 0, 0]);
    expect(status()).toBe(0x01);
    expect(run([0x03, 0, 0, 0], 1)).toEqual([0xff]);
    clock.advance(3);
    expect(status()).toBe(0);
    expect(run([0x03, 0, 0, 0], 1)).toEqual([0]);
  });
});

describe("erasing", () => {
  test.each([
    [0x20, 4096],
    [0x52, 32_768],
    [0xd8, 65_536],
  ])("0x%i erases %d bytes around the address", (instruction, length) => {
    const { chip, change } = powered();
    for (const address of [0x01_0000, 0x01_0000 + length - 1, 0x01_0000 + length]) {
      change(0x02, address >> 16, (address >> 8) & 0xff, address & 0xff, 0);
    }
    change(instruction, 0x01, 0x00, 0x05);
    expect([...chip.contents(0x01_0000, 1), ...chip.contents(0x01_0000 + length - 1, 2)]).toEqual([
      0xff, 0xff, 0,
    ]);
    expect(chip.erases.get(16)).toBe(1);
  });

  test("of all of it", () => {
    const { chip, change } = powered(MIB);
    change(0x02, 0x0f, 0xff, 0xff, 0);
    change(0xc7);
    expect([...chip.contents(MIB - 1, 1)]).toEqual([0xff]);
    expect(chip.erases.size).toBe(256);
  });

  test("with an address that is cut off does nothing", () => {
    const { chip, change } = powered();
    change(0x20, 0, 0);
    expect(chip.erases.size).toBe(0);
  });
});

describe("above 16 MiB", () => {
  test("addresses have four bytes by instructions of their own, and three reach the first 16 MiB", () => {
    const { run, change } = powered(32 * MIB);
    change(0x12, 0x01, 0, 0, 0, 0x11);
    change(0x02, 0, 0, 0, 0x22);
    expect(run([0x13, 0x01, 0, 0, 0], 1)).toEqual([0x11]);
    expect(run([0x03, 0, 0, 0], 1)).toEqual([0x22]);
    change(0x21, 0x01, 0, 0, 0);
    expect(run([0x13, 0x01, 0, 0, 0], 1)).toEqual([0xff]);
  });
});

describe("protection (sections 7.1.16 and 7.1.17)", () => {
  test.each([
    [0b0000_0000, 0, 0],
    [0b0000_0100, 0xfc_0000, 0x100_0000],
    [0b0001_1000, 0x80_0000, 0x100_0000],
    [0b0010_0100, 0x00_0000, 0x04_0000],
    [0b0001_1100, 0, 0x100_0000],
    [0b0100_0100, 0xff_f000, 0x100_0000],
    [0b0101_0000, 0xff_8000, 0x100_0000],
    [0b0110_1000, 0x00_0000, 0x00_2000],
  ])("status %i of 16 MiB: from %i to %i", (status1, from, to) => {
    const range = protectedRange(16 * MIB, status1);
    expect(range.to - range.from).toBe(to - from);
    if (to !== from) expect(range).toEqual({ from, to });
  });

  test.each([
    [32, 0b0000_0100, 0x1ff_0000, 0x200_0000],
    [32, 0b0100_0100, 0, 0x1_0000],
    [32, 0b0010_0100, 0x100_0000, 0x200_0000],
    [32, 0b0010_1000, 0, 0x200_0000],
    [64, 0b0010_1000, 0x200_0000, 0x400_0000],
    [1, 0b0000_0100, 0xf_0000, 0x10_0000],
    [1, 0b0001_0100, 0, 0x10_0000],
  ])("of %i MiB, status %i: from %i to %i", (mebibytes, status1, from, to) => {
    expect(protectedRange(mebibytes * MIB, status1)).toEqual({ from, to });
  });

  test("what is protected is not changed, and nothing says so; CMP turns it round", () => {
    const { chip, change, run } = powered();
    change(0x01, 0b0001_1100);
    change(0x02, 0, 0, 0, 0);
    change(0x20, 0, 0, 0);
    expect(run([0x03, 0, 0, 0], 1)).toEqual([0xff]);
    expect(chip.erases.size).toBe(0);
    expect(run([0x05], 1)).toEqual([0b0001_1100]);
    change(0x31, 0x40);
    change(0x02, 0, 0, 0, 0);
    expect(run([0x03, 0, 0, 0], 1)).toEqual([0]);
  });
});

describe("in the board file", () => {
  test("is a W25Q128 where nothing else is said", () => {
    const chip = model.create({}, new VirtualClock()) as W25q;
    chip.select();
    expect([0x9f, 0, 0, 0].map((byte) => chip.transfer(byte))).toEqual([0xff, 0xef, 0x40, 0x18]);
  });

  test.each([
    [{ part: "W25Q1024" }, '"part"'],
    [{ size: 4 }, '"size" is no parameter of this model; remove it, or correct its spelling.'],
  ])("%j is refused", (parameters, message) => {
    expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
  });
});
