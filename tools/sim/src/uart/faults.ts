import type { UartErrorCode } from "@busbar/host/backend";
import { randomBytes, StrikeCounter, strikesOrdinal, wholeNumber } from "@busbar/model";
import * as v from "valibot";

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
export interface UartFault {
  /** What goes wrong. */
  readonly fault: UartFaultKind;
  /** The first call that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly call?: number | undefined;
  /** Strikes again each so many calls. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
  /** The seed of `garbage`'s random bytes, a 32-bit number. Default: 1. */
  readonly seed?: number | undefined;
}

/** A {@link UartFault} as the board file has it, in the `faults` list of a simulate entry. */
export const uartFaultSchema = v.strictObject({
  fault: v.picklist(UART_FAULT_KINDS),
  call: strikesOrdinal,
  every: strikesOrdinal,
  count: strikesOrdinal,
  seed: v.optional(wholeNumber(0, 0xffff_ffff)),
}) satisfies v.GenericSchema<unknown, UartFault>;

/** A fault that strikes the call at hand. */
export interface ActiveUartFault {
  readonly kind: UartFaultKind;
  /** The error that the port reports; undefined where the fault is in the data, or the port is gone. */
  readonly error: (typeof UART_ERROR_FAULTS)[number] | undefined;
  /** The next byte of garbage, 0 to 255. */
  garbage(): number;
}

/** One injected fault: counts the calls, and says which it strikes. */
export class UartFaultCounter {
  readonly #calls: StrikeCounter;
  readonly #active: ActiveUartFault;

  constructor({ fault, call: first, every, count, seed = 1 }: UartFault) {
    this.#calls = new StrikeCounter({ first, every, count });
    this.#active = {
      kind: fault,
      error: UART_ERROR_FAULTS.find((each) => each === fault),
      garbage: randomBytes(seed),
    };
  }

  /** Counts one call; the fault where it strikes this one. */
  next(): ActiveUartFault | undefined {
    return this.#calls.next() ? this.#active : undefined;
  }
}
