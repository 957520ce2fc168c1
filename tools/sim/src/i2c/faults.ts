import type { I2cErrorCode } from "@busbar/host/i2c";
import { strikesOrdinal } from "@busbar/model";
import * as v from "valibot";
import { type ActiveByteFault, type ByteFault, ByteFaultCounter, byteFaultEntries } from "../byte-faults.ts";

/**
 * What goes wrong in a transaction:
 *
 * - `no-acknowledge-address`, `arbitration-loss`: it fails at the address, and the target sees nothing of it
 * - `no-acknowledge-data`, `no-acknowledge`, `bus` (a stuck line, a start or stop in the wrong place), `overrun`,
 *   `other`: it fails after the address, and the target sees a start and a stop
 * - `short`: half way through its data the target is gone. In a write of more than one byte the next byte is not
 *   acknowledged; in a read the remaining bytes are 0xFF. A write of one byte, which is how a register is chosen, passes
 * - `garbage`: it succeeds, and every byte read is random
 */
export type I2cFaultKind = (typeof I2C_FAULT_KINDS)[number];

/** Faults that end a transaction, by the name that the WIT error's kind has as well. */
export const I2C_ERROR_FAULTS = [
  "no-acknowledge-address",
  "no-acknowledge-data",
  "no-acknowledge",
  "arbitration-loss",
  "bus",
  "overrun",
  "other",
] as const;

/** All kinds: those, and the ones whose fault is in the data. */
export const I2C_FAULT_KINDS = [...I2C_ERROR_FAULTS, "short", "garbage"] as const;

/** When something goes wrong, and what. Transactions are counted from 1, starting when the fault is injected. */
export interface I2cFault extends ByteFault<I2cFaultKind> {
  /** The first transaction that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly transaction?: number | undefined;
}

/** An {@link I2cFault} as the board file has it, in the `faults` list of a simulate entry. */
export const i2cFaultSchema = v.strictObject({
  fault: v.picklist(I2C_FAULT_KINDS),
  transaction: strikesOrdinal,
  ...byteFaultEntries,
}) satisfies v.GenericSchema<unknown, I2cFault>;

/** The error codes of the faults that end a transaction. */
const ERROR_CODES: Partial<Record<I2cFaultKind, I2cErrorCode>> = {
  "no-acknowledge-address": { tag: "no-acknowledge", val: "address" },
  "no-acknowledge-data": { tag: "no-acknowledge", val: "data" },
  "no-acknowledge": { tag: "no-acknowledge", val: "unknown" },
  "arbitration-loss": { tag: "arbitration-loss" },
  bus: { tag: "bus" },
  overrun: { tag: "overrun" },
  other: { tag: "other" },
};

/** A fault that strikes the transaction at hand. */
export type ActiveFault = ActiveByteFault<I2cFaultKind, I2cErrorCode>;

/** Whether the target never sees a transaction that is struck. */
export function isAtAddress({ kind }: ActiveFault): boolean {
  return kind === "no-acknowledge-address" || kind === "arbitration-loss";
}

/** Counts the transactions that concern a fault, and says which it strikes. */
export function countI2cFault(fault: I2cFault) {
  return new ByteFaultCounter(fault, fault.transaction, ERROR_CODES[fault.fault]);
}

/** One injected fault. */
export type I2cFaultCounter = ReturnType<typeof countI2cFault>;
