/** How a command is treated, and what to do where the unit refuses it, by its sense data. No I/O. */

import { DriverError } from "@busbar/guest";
import { isMediumAbsence, isMediumChange } from "./scsi-error.ts";
import { LASTING_MEDIUM_ERRORS, NEVER_READY, type Sense, SenseCode, type SenseKey } from "./sense.ts";
import type { ExecuteOptions } from "./transport.ts";

/** How one command is treated. */
export interface Policy {
  /** What the driver is doing, for messages. */
  readonly doing: string;
  /** Another medium is what the driver looks for, and no error. */
  readonly acceptChange?: boolean;
  /** The driver can do without: a unit that is not ready for it is not started, and waited for no longer than for all such. */
  readonly isOptional?: boolean;
  readonly send?: ExecuteOptions;
}

/** Of a SYNCHRONIZE CACHE that failed; any other key says that there is nothing to be written out. */
const flushFailures: readonly SenseKey[] = [
  "not-ready",
  "medium-error",
  "hardware-error",
  "unit-attention",
  "aborted-command",
];

/** Of a TEST UNIT READY that says something else than whether the unit is ready. */
const readyUnsaid: readonly SenseKey[] = [
  "medium-error",
  "hardware-error",
  "aborted-command",
  "vendor-specific",
];

/** Whether it is worth waiting: neither without a medium nor where somebody has to do something. */
export function isGettingReady(sense: Sense): boolean {
  const never = sense.code === SenseCode.NOT_READY && NEVER_READY.includes(sense.qualifier);
  return sense.key === "not-ready" && !isMediumAbsence(sense) && !never;
}

/** Whether it may go another time, as Linux takes it (scsi_check_sense, `retry_hwerror`). */
export function mayPass({ key, code }: Sense): boolean {
  return key === "hardware-error" || (key === "medium-error" && !LASTING_MEDIUM_ERRORS.includes(code));
}

/** An attention is told once; the command that was told it was not carried out (SPC-4 section 5.14). */
export function isWorthRepeating(sense: Sense, { acceptChange = false }: Policy): boolean {
  if (sense.key === "aborted-command") return true;
  if (sense.key !== "unit-attention" || isMediumAbsence(sense)) return false;
  return acceptChange || !isMediumChange(sense);
}

/** Whether a SYNCHRONIZE CACHE left something unwritten. */
export function isFlushFailure({ key }: Sense): boolean {
  return flushFailures.includes(key);
}

/** Whether a TEST UNIT READY that is no unknown command says that the unit cannot be used now. */
export function saysNotReady({ key }: Sense): boolean {
  return !readyUnsaid.includes(key);
}

/** What a device that says that it did, and did not do all of it, ends in. */
export function tooLittle(doing: string, processed: number, length: number): DriverError {
  return DriverError.protocol(
    `${doing}: the device processed ${processed} of ${length} bytes; unplug it and plug it in again.`,
  );
}
