import type { I2cOperation } from "@busbar/host";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as linux from "../src/linux/constants.ts";
import { type SmbusPlan, smbusPlan } from "../src/linux/smbus-plan.ts";
import { FULL_I2C } from "./linux-machine.ts";

const write = (...data: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(data) });
const read = (length: number): I2cOperation => ({ kind: "read", length });
const bytes = (length: number): number[] => Array.from({ length }, (_, i) => i);

const NO_BLOCKS = FULL_I2C & ~(linux.I2C_FUNC_SMBUS_READ_I2C_BLOCK | linux.I2C_FUNC_SMBUS_WRITE_I2C_BLOCK);
const BLOCKS_ONLY = linux.I2C_FUNC_SMBUS_READ_I2C_BLOCK | linux.I2C_FUNC_SMBUS_WRITE_I2C_BLOCK;

test.each<[string, I2cOperation[], number, Partial<SmbusPlan>]>([
  ["write 1", [write(0xe0)], FULL_I2C, { kind: "send-byte", byte: 0xe0 }],
  ["write 2", [write(0xf4, 0x25)], FULL_I2C, { kind: "write-byte", command: 0xf4, byte: 0x25 }],
  ["write 3", [write(1, 2, 3)], FULL_I2C, { kind: "write-i2c-block", command: 1, data: Uint8Array.of(2, 3) }],
  ["write 3 without blocks", [write(1, 2, 3)], NO_BLOCKS, { kind: "write-word", command: 1, word: 0x0302 }],
  ["write 2 with blocks only", [write(1, 2)], BLOCKS_ONLY, { kind: "write-i2c-block", command: 1 }],
  ["write 33", [write(...bytes(33))], FULL_I2C, { kind: "write-i2c-block", command: 0 }],
  ["read 1", [read(1)], FULL_I2C, { kind: "receive-byte" }],
  ["write 1, read 1", [write(0xd0), read(1)], FULL_I2C, { kind: "read-byte", command: 0xd0 }],
  ["write 1, read 2", [write(0x88), read(2)], FULL_I2C, { kind: "read-i2c-block", command: 0x88, length: 2 }],
  ["write 1, read 2 without blocks", [write(0x88), read(2)], NO_BLOCKS, { kind: "read-word", command: 0x88 }],
  [
    "write 1, read 1 with blocks only",
    [write(0xd0), read(1)],
    BLOCKS_ONLY,
    { kind: "read-i2c-block", length: 1 },
  ],
  [
    "write 1, read 32",
    [write(0x88), read(32)],
    FULL_I2C,
    { kind: "read-i2c-block", command: 0x88, length: 32 },
  ],
])("%s has an SMBus operation", (_, operations, functionality, plan) => {
  expect(smbusPlan(operations, functionality)).toMatchObject(plan);
});

test.each<[string, I2cOperation[], number]>([
  ["nothing", [], FULL_I2C],
  ["write 34", [write(...bytes(34))], FULL_I2C],
  ["write 4 without blocks", [write(...bytes(4))], NO_BLOCKS],
  ["write 1 with blocks only", [write(1)], BLOCKS_ONLY],
  ["read 2", [read(2)], FULL_I2C],
  ["read 1 with blocks only", [read(1)], BLOCKS_ONLY],
  ["write 1, read 33", [write(0x88), read(33)], FULL_I2C],
  ["write 1, read 3 without blocks", [write(0x88), read(3)], NO_BLOCKS],
  ["write 2, read 1", [write(1, 2), read(1)], FULL_I2C],
  ["two writes", [write(1), write(2)], FULL_I2C],
  ["two reads", [read(1), read(1)], FULL_I2C],
  ["read, write", [read(1), write(1)], FULL_I2C],
  ["write 1, read 1, read 1", [write(1), read(1), read(1)], FULL_I2C],
  ["anything without functionality", [read(1)], linux.I2C_FUNC_I2C],
])("%s has none, and is not split", (_, operations, functionality) => {
  const plan = smbusPlan(operations, functionality);
  expect(plan.kind).toBe("unsupported");
  expect(plan).toHaveProperty("reason", expect.stringContaining("this adapter"));
});

/** What a transaction puts on the bus: S start, Sr repeated start, Wr and Rd directions, R a byte read, P stop. */
function wireOfTransaction(operations: readonly I2cOperation[]): string {
  const parts = operations.map((operation) =>
    operation.kind === "write"
      ? ["Wr", ...operation.data].join(" ")
      : ["Rd", ...Array.from({ length: operation.length }, () => "R")].join(" "),
  );
  return `S ${parts.join(" Sr ")} P`;
}

/** The same for SMBus operations, from the diagrams of the kernel's Documentation/i2c/smbus-protocol.rst. */
function wireOfPlan(plan: SmbusPlan): string {
  switch (plan.kind) {
    case "send-byte":
      return `S Wr ${plan.byte} P`;
    case "receive-byte":
      return "S Rd R P";
    case "read-byte":
      return `S Wr ${plan.command} Sr Rd R P`;
    case "read-word":
      return `S Wr ${plan.command} Sr Rd R R P`;
    case "read-i2c-block":
      return `S Wr ${plan.command} Sr Rd ${"R ".repeat(plan.length)}P`;
    case "write-byte":
      return `S Wr ${plan.command} ${plan.byte} P`;
    case "write-word":
      return `S Wr ${plan.command} ${plan.word & 0xff} ${plan.word >> 8} P`;
    case "write-i2c-block":
      return `S Wr ${[plan.command, ...plan.data].join(" ")} P`;
    case "unsupported":
      return plan.kind;
  }
}

/** The functionality bit without which an adapter answers EOPNOTSUPP. */
const NEEDS: Record<Exclude<SmbusPlan["kind"], "unsupported">, number> = {
  "send-byte": linux.I2C_FUNC_SMBUS_WRITE_BYTE,
  "receive-byte": linux.I2C_FUNC_SMBUS_READ_BYTE,
  "read-byte": linux.I2C_FUNC_SMBUS_READ_BYTE_DATA,
  "read-word": linux.I2C_FUNC_SMBUS_READ_WORD_DATA,
  "read-i2c-block": linux.I2C_FUNC_SMBUS_READ_I2C_BLOCK,
  "write-byte": linux.I2C_FUNC_SMBUS_WRITE_BYTE_DATA,
  "write-word": linux.I2C_FUNC_SMBUS_WRITE_WORD_DATA,
  "write-i2c-block": linux.I2C_FUNC_SMBUS_WRITE_I2C_BLOCK,
};

const operation: fc.Arbitrary<I2cOperation> = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant("write" as const), data: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
);
/** Mostly the shapes near what SMBus can do; any list of operations would nearly always be unsupported. */
const transactions: fc.Arbitrary<I2cOperation[]> = fc.oneof(
  fc.array(operation, { maxLength: 4 }),
  operation.map((only) => [only]),
  fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 34 }))
    .map(([command, length]) => [write(command), read(length)]),
);
const functionalities = fc.oneof(
  fc.constant(FULL_I2C),
  fc.subarray(Object.values(NEEDS)).map((bits) => bits.reduce((all, bit) => all | bit, 0)),
);

test("a plan is on the wire exactly what was asked for, with an operation that the adapter has", () => {
  fc.assert(
    fc.property(transactions, functionalities, (operations, functionality) => {
      const plan = smbusPlan(operations, functionality);
      if (plan.kind === "unsupported") return;
      expect(wireOfPlan(plan)).toBe(wireOfTransaction(operations));
      expect(functionality & NEEDS[plan.kind]).not.toBe(0);
    }),
    { seed: 20261122, numRuns: 5000 },
  );
});

test("an adapter with all operations is refused only what no SMBus operation can express", () => {
  const expressible = (wire: string): boolean =>
    /^S Wr( \d+){1,33} P$/.test(wire) || wire === "S Rd R P" || /^S Wr \d+ Sr Rd( R){1,32} P$/.test(wire);
  fc.assert(
    fc.property(transactions, (operations) => {
      const supported = smbusPlan(operations, FULL_I2C).kind !== "unsupported";
      expect(supported).toBe(expressible(wireOfTransaction(operations)));
    }),
    { seed: 20261122, numRuns: 5000 },
  );
});
