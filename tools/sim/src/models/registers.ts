import { defineModel, hexByte, hexBytes, RegisterFile } from "@busbar/model";
import * as v from "valibot";

/** What a {@link Registers} target holds. */
export interface RegistersOptions {
  /** The contents by register; those that are not there are 0. */
  readonly contents: ReadonlyMap<number, number>;
  /** Registers whose writes are acknowledged and ignored. */
  readonly readOnly?: ReadonlySet<number>;
}

/** 256 registers that keep what is written to them, with a pointer that goes on after each byte, and no behaviour. */
export class Registers extends RegisterFile {
  readonly #readOnly: ReadonlySet<number>;

  constructor(options: RegistersOptions) {
    super();
    for (const [register, value] of options.contents) this.registers[register] = value;
    this.#readOnly = options.readOnly ?? new Set();
  }

  protected override writeRegister(register: number, value: number): boolean {
    return this.#readOnly.has(register) || super.writeRegister(register, value);
  }
}

const register = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{1,2}$/i, 'expected a register such as "0x88"'));

const range = v.pipe(
  v.string(),
  v.regex(/^0x[0-9a-f]{1,2}(-0x[0-9a-f]{1,2})?$/i, 'expected registers such as "0xD0" or "0x88-0xA1"'),
  v.transform((text) => {
    const [first, last = first] = text.split("-").map(Number) as [number, number?];
    return { first, last };
  }),
  v.check(({ first, last }) => first <= last, "expected the lower register first"),
);

const contents = v.pipe(
  v.record(register, hexBytes),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const values = new Map<number, number>();
    for (const [key, bytes] of Object.entries(dataset.value)) {
      for (const [offset, value] of bytes.entries()) {
        const place = Number(key) + offset;
        if (place > 0xff) {
          addIssue({ message: `the bytes at ${key} go past register 0xFF` });
          return NEVER;
        }
        if (values.has(place)) {
          addIssue({ message: `register ${hexByte(place)} is given twice` });
          return NEVER;
        }
        values.set(place, value);
      }
    }
    return values;
  }),
);

/** The parameters of the model "registers", of either bus. */
export const registersParameters = v.pipe(
  v.strictObject({
    registers: contents,
    readOnly: v.optional(v.array(range), []),
  }),
  v.transform(({ registers, readOnly }): RegistersOptions => {
    const all = readOnly.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, offset) => first + offset),
    );
    return { contents: registers, readOnly: new Set(all) };
  }),
);

/** The model "registers" of the board file. */
export const registersModel = defineModel(registersParameters, (options) => new Registers(options));
