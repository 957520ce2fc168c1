import { strikesOrdinal } from "@busbar/model";
import * as v from "valibot";

/** What a controller can report of a line. */
export const GPIO_FAULT_KINDS = [
  "hardware-fault",
  "would-block",
  "operation-not-supported",
  "other",
] as const;

/** When a line fails, and how. Its reads and sets are counted together from 1, starting when the fault is injected. */
export interface GpioFault {
  /** What the controller reports: a case of wasi:gpio's `gpio-error`. */
  readonly fault: (typeof GPIO_FAULT_KINDS)[number];
  /** The first operation that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly operation?: number | undefined;
  /** Strikes again each so many operations. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
}

/** A {@link GpioFault} as the board file has it, in the `faults` list of a simulate entry: of the line of this name. */
export const gpioFaultSchema = v.strictObject({
  line: v.string(),
  fault: v.picklist(GPIO_FAULT_KINDS),
  operation: strikesOrdinal,
  every: strikesOrdinal,
  count: strikesOrdinal,
}) satisfies v.GenericSchema<unknown, GpioFault>;
