/** What to do about a command that a unit refused, by the sense data of it. No I/O. */

import { isMediumAbsence, isMediumChange } from "./scsi-error.ts";
import { LASTING_MEDIUM_ERRORS, NEVER_READY, type Sense, SenseCode, type SenseKey } from "./sense.ts";

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

/**
 * An attention is told once; the command that was told it was not carried out (SPC-4 section 5.14).
 *
 * @param acceptChange another medium is what the driver looks for, and no error
 */
export function isWorthRepeating(sense: Sense, acceptChange = false): boolean {
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
