import { StrikeCounter, strikesOrdinal, wholeNumber } from "@busbar/model";
import * as v from "valibot";

/**
 * What goes wrong with a command:
 *
 * - `stall-command`: the device stalls the command, and needs a reset recovery
 * - `stall-data`: it stalls the data, and has a status that leaves all of them over
 * - `stall-status`: it stalls the status once, and gives it after the halt is cleared
 * - `short-data`: it processes half of the data
 * - `no-data`: it gives its status where data are awaited
 * - `wrong-tag`, `bad-signature`, `short-status`, `wrong-residue`: the status is wrong in that
 * - `garbage`: random bytes instead of the status
 * - `phase-error`: the status says so
 * - `empty-packet`: a packet of nothing before the status
 * - `silent`: it does not answer until it is reset
 * - `deaf`: it stalls everything until the port is reset; its class's own reset changes nothing
 * - `slow`: it takes `delayMs` longer
 * - `unplug`: it is gone in the middle of the data, and with it everything after
 * - `fail`: the command fails with the sense data of `sense`
 * - `zeros-fail`: the same, after zeros of the length that was asked for, as QEMU's usb-storage does
 * - `answer`: it sends `data` instead of its own
 * - `residue`: the status leaves over `residue` bytes, whatever went over the bus
 */
export type DiskFaultKind = (typeof KINDS)[number];

/** Faults of one command that a driver gets over, without the program noticing. */
export const MOMENTARY_DISK_FAULTS = [
  "stall-command",
  "stall-data",
  "stall-status",
  "short-data",
  "no-data",
  "wrong-tag",
  "bad-signature",
  "short-status",
  "wrong-residue",
  "garbage",
  "phase-error",
  "empty-packet",
] as const;

const KINDS = [
  ...MOMENTARY_DISK_FAULTS,
  "silent",
  "deaf",
  "slow",
  "unplug",
  "fail",
  "zeros-fail",
  "answer",
  "residue",
] as const;

/** When something goes wrong, and what. Commands are counted from 1. */
export interface DiskFault {
  readonly fault: DiskFaultKind;
  /** Only commands with this operation code count. Left out: all of them. */
  readonly operation?: number | undefined;
  /** The first command that it strikes; `every` where left out, and 1 where that is left out too. */
  readonly command?: number | undefined;
  /** Strikes again each so many commands. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
  /** For `slow`, 1000 where left out. */
  readonly delayMs?: number | undefined;
  /** For `answer`. */
  readonly data?: readonly number[] | undefined;
  /** For `residue`, 0 where left out, and for `answer`, where what was asked for and is missing is left out. */
  readonly residue?: number | undefined;
  /** For `fail` and `zeros-fail`: sense key, additional sense code and its qualifier. */
  readonly sense?: readonly [key: number, code: number, qualifier: number] | undefined;
}

const byte = wholeNumber(0, 255);

/** A {@link DiskFault} as the board file has it, in `commandFaults`. */
export const diskFaultSchema = v.strictObject({
  fault: v.picklist(KINDS),
  operation: v.optional(byte),
  command: strikesOrdinal,
  every: strikesOrdinal,
  count: strikesOrdinal,
  delayMs: v.optional(wholeNumber(0, 3_600_000)),
  data: v.optional(v.array(byte)),
  residue: v.optional(wholeNumber(0, 0xffff_ffff)),
  sense: v.optional(v.tuple([wholeNumber(0, 15), byte, byte])),
}) satisfies v.GenericSchema<unknown, DiskFault>;

/** Counts the commands that concern one fault, and says which it strikes. */
export class DiskFaultCounter {
  readonly fault: DiskFault;
  readonly #commands: StrikeCounter;

  constructor(fault: DiskFault) {
    const { command: first, every, count } = fault;
    this.fault = fault;
    this.#commands = new StrikeCounter({ first, every, count });
  }

  /** Counts a command. @returns whether it is struck */
  strikes(operation: number): boolean {
    if (this.fault.operation !== undefined && this.fault.operation !== operation) return false;
    return this.#commands.next();
  }
}
