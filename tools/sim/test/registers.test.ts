import type { SimulateEntry } from "@busbar/host";
import { I2cError, type I2cOperation } from "@busbar/host/backend";
import { describe, expect, it } from "vitest";
import verdicts from "../../../host/verdicts/registers.json" with { type: "json" };
import { RegisterFile, SimulatedI2cBus, simulate, VirtualClock } from "../src/index.ts";
import { bytes } from "./support/bytes.ts";

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
    write: (...data: number[]) => bus.transaction(ADDRESS, [{ kind: "write", data: Uint8Array.from(data) }]),
  };
}

/** host/verdicts/registers.json, which a host in another language answers as well. */
describe("the model registers", () => {
  const operationOf = (operation: { read?: number; write?: string }): I2cOperation =>
    operation.read === undefined
      ? { kind: "write", data: bytes(operation.write!) }
      : { kind: "read", length: operation.read };

  it.each(verdicts.targets)("$name", ({ target, transactions }) => {
    const entry = { i2c: "sim", address: ADDRESS, model: "registers", ...target };
    const bus = simulate([entry], new VirtualClock(1000.1)).openI2c("sim")!;
    for (const transaction of transactions) {
      const { address, operations } = transaction;
      let answer: object;
      try {
        const reads = bus.transaction(address, operations.map(operationOf));
        answer = { reads: reads.map((read) => Buffer.from(read).toString("hex")) };
      } catch (error) {
        expect(error).toBeInstanceOf(I2cError);
        const { payload: code, message } = error as I2cError;
        answer = { fails: { code, message } };
      }
      expect({ address, operations, ...answer }).toEqual(transaction);
    }
  });

  it.each(verdicts.refused)("refuses $name", ({ simulate: entries, message }) => {
    const refused = () => simulate(entries as SimulateEntry[], new VirtualClock(1000.1));
    expect(refused).toThrow(expect.objectContaining({ code: "board", message }));
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
