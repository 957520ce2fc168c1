import type { I2cOperation } from "@busbar/host/backend";
import fc from "fast-check";
import { expect, test } from "vitest";
import verdicts from "../../verdicts/linux-i2c.json" with { type: "json" };
import * as linux from "../src/linux/constants.ts";
import { type SmbusPlan, smbusPlan } from "../src/linux/smbus-plan.ts";
import { FULL_I2C } from "./linux-machine.ts";

const write = (...data: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(data) });
const read = (length: number): I2cOperation => ({ kind: "read", length });

/** The table that a host in another language answers as well. */
test.each(verdicts.plans)("$name: the plan of host/verdicts", ({ operations, functionality, plan }) => {
  const asked = (operations as ({ read: number } | { write: string })[]).map((operation) =>
    "read" in operation ? read(operation.read) : write(...Buffer.from(operation.write, "hex")),
  );
  const answer = smbusPlan(asked, Number(functionality));
  const data = "data" in answer ? { data: Buffer.from(answer.data).toString("hex") } : {};
  expect({ ...answer, ...data }).toEqual(plan);
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
