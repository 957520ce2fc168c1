import type { SpiErrorCode } from "@busbar/host/spi";
import { strikesOrdinal } from "@busbar/model";
import * as v from "valibot";
import { type ActiveByteFault, type ByteFault, ByteFaultCounter, byteFaultEntries } from "../byte-faults.ts";

/** Faults that end a transaction, by the name of the WIT error's case. */
export const SPI_ERROR_FAULTS = [
  "chip-select-fault",
  "overrun",
  "mode-fault",
  "frame-format",
  "other",
] as const satisfies readonly SpiErrorCode["tag"][];

/** All kinds: those, and the ones whose fault is in the data. */
export const SPI_FAULT_KINDS = [...SPI_ERROR_FAULTS, "short", "garbage"] as const;

/**
 * What goes wrong in a transaction:
 *
 * - `chip-select-fault`: it fails at the chip select line, and the target sees nothing of it
 * - `overrun`, `mode-fault`, `frame-format`, `other`: it fails after that, and the target sees chip select come and go
 * - `short`: half way through each operation's bytes the target is gone: it sees no more of them, and 0xFF is received
 * - `garbage`: it succeeds, and every byte received is random
 */
export type SpiFaultKind = (typeof SPI_FAULT_KINDS)[number];

/** When something goes wrong, and what. Transactions are counted from 1, starting when the fault is injected. */
export interface SpiFault extends ByteFault<SpiFaultKind> {
  /** The first transaction that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly transaction?: number | undefined;
}

/** An {@link SpiFault} as the board file has it, in the `faults` list of a simulate entry. */
export const spiFaultSchema = v.strictObject({
  fault: v.picklist(SPI_FAULT_KINDS),
  transaction: strikesOrdinal,
  ...byteFaultEntries,
}) satisfies v.GenericSchema<unknown, SpiFault>;

/** A fault that strikes the transaction at hand. */
export type ActiveSpiFault = ActiveByteFault<SpiFaultKind, (typeof SPI_ERROR_FAULTS)[number]>;

/** Counts the transactions that concern a fault, and says which it strikes. */
export function countSpiFault(fault: SpiFault) {
  const error = SPI_ERROR_FAULTS.find((each) => each === fault.fault);
  return new ByteFaultCounter(fault, fault.transaction, error);
}

/** One injected fault. */
export type SpiFaultCounter = ReturnType<typeof countSpiFault>;
