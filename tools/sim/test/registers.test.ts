import { describe, expect, it } from "vitest";
import { RegisterFile, Registers, SimulatedI2cBus } from "../src/index.ts";

const ADDRESS = 0x50;

function plug(target: RegisterFile) {
  const bus = new SimulatedI2cBus([[ADDRESS, target]]);
  return {
    read(register: number, length: number) {
      const [data] = bus.transaction(ADDRESS, [
        { kind: "write", data: Uint8Array.of(register) },
        { kind: "read", length },
      ]);
      return [...data!];
    },
    readOn: (length: number) => [...bus.transaction(ADDRESS, [{ kind: "read", length }])[0]!],
    write: (...data: number[]) => bus.transaction(ADDRESS, [{ kind: "write", data: Uint8Array.from(data) }]),
  };
}

describe("Registers", () => {
  it("reads what it was loaded with, and 0 elsewhere", () => {
    const { read } = plug(
      new Registers({
        contents: new Map([
          [0x88, 0x70],
          [0x89, 0x6b],
        ]),
      }),
    );
    expect(read(0x87, 4)).toEqual([0, 0x70, 0x6b, 0]);
  });

  it("keeps what is written from the chosen register on, and reads on where it stopped", () => {
    const { read, readOn, write } = plug(new Registers({ contents: new Map() }));
    write(0x10, 1, 2, 3);
    expect(read(0x10, 2)).toEqual([1, 2]);
    expect(readOn(2)).toEqual([3, 0]);
  });

  it("goes on from 0xFF to 0x00", () => {
    const { read, write } = plug(new Registers({ contents: new Map() }));
    write(0xff, 1, 2);
    expect(read(0xff, 2)).toEqual([1, 2]);
    expect(read(0x00, 1)).toEqual([2]);
  });

  it("acknowledges and ignores writes to read-only registers", () => {
    const { read, write } = plug(new Registers({ contents: new Map([[1, 7]]), readOnly: new Set([1]) }));
    write(0, 9, 9, 9);
    expect(read(0, 3)).toEqual([9, 7, 9]);
  });
});

describe("RegisterFile", () => {
  it("lets a model decide what the first byte means, where reads go on, and which bytes it refuses", () => {
    /** As in the HTS221: bit 7 of the register means auto-increment. */
    class Flagged extends RegisterFile {
      #increment = false;

      protected override chooseRegister(byte: number): number {
        this.#increment = (byte & 0x80) !== 0;
        return byte & 0x7f;
      }

      protected override nextRegister(register: number): number {
        return this.#increment ? register + 1 : register;
      }

      protected override writeRegister(register: number, value: number): boolean {
        return value !== 0xee && super.writeRegister(register, value);
      }
    }
    const { read, write } = plug(new Flagged());
    write(0x90, 1, 2);
    expect(read(0x90, 2)).toEqual([1, 2]);
    expect(read(0x10, 2)).toEqual([1, 1]);
    expect(() => write(0x10, 0xee)).toThrow("did not acknowledge byte 2 of 2");
  });
});
