import type { UartErrorCode } from "@busbar/host/backend";
import { strikesOrdinal } from "@busbar/model";
import * as v from "valibot";
import { type ActiveByteFault, type ByteFault, ByteFaultCounter, byteFaultEntries } from "../byte-faults.ts";

/** Faults that end a call, by the name of the WIT error's case. */
export const UART_ERROR_FAULTS = [
  "framing",
  "parity",
  "break",
  "overrun",
  "other",
] as const satisfies readonly UartErrorCode["tag"][];

/** All kinds: those, and the ones whose fault is in the data, or in the port. */
export const UART_FAULT_KINDS = [
  ...UART_ERROR_FAULTS,
  "garbage",
  "short",
  "silence",
  "disconnected",
] as const;

/**
 * What goes wrong in a call:
 *
 * - `framing`, `parity`, `break`, `overrun`, `other`: it fails like that; a write is not sent
 * - `garbage`: every byte that it reads is random
 * - `short`: of what it would read, the second half is lost; of a write, the second half is not sent
 * - `silence`: nothing of what comes until its end is received, and nothing of what it writes is sent
 * - `disconnected`: the port is unplugged, and is back after a second
 */
export type UartFaultKind = (typeof UART_FAULT_KINDS)[number];

/** When something goes wrong, and what. All calls on the port are counted from 1, starting when the fault is injected. */
export interface UartFault extends ByteFault<UartFaultKind> {
  /** The first call that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly call?: number | undefined;
}

/** A {@link UartFault} as the board file has it, in the `faults` list of a simulate entry. */
export const uartFaultSchema = v.strictObject({
  fault: v.picklist(UART_FAULT_KINDS),
  call: strikesOrdinal,
  ...byteFaultEntries,
}) satisfies v.GenericSchema<unknown, UartFault>;

/** A fault that strikes the call at hand. */
export type ActiveUartFault = ActiveByteFault<UartFaultKind, (typeof UART_ERROR_FAULTS)[number]>;

/** Counts the calls, and says which a fault strikes. */
export function countUartFault(fault: UartFault) {
  const error = UART_ERROR_FAULTS.find((each) => each === fault.fault);
  return new ByteFaultCounter(fault, fault.call, error);
}

/** One injected fault. */
export type UartFaultCounter = ReturnType<typeof countUartFault>;
