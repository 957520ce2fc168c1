/** How much one command moves: what Linux asks of such a device, and less where that fails. */

import type { DeviceLocation } from "@busbar/guest";
import { DriverError } from "@busbar/guest";
import { ScsiError } from "./scsi-error.ts";

const KIB = 1024;

/** Linux, drivers/usb/storage/scsiglue.c: `max_sectors` 240 for all, and 2048 at SuperSpeed, whose disks bear it. */
const USUAL_BYTES = 120 * KIB;
const SUPER_SPEED_BYTES = 1024 * KIB;

/** What a device gets where more fails: US_FL_MAX_SECTORS_64 and US_FL_MAX_SECTORS_MIN are such devices. */
const FALLBACK_BYTES = 64 * KIB;
const LEAST_BYTES = 4 * KIB;

/** So often the least must have been what works before it is kept: any command fails once in a while. */
const LEAST_AFTER = 2;

/** Linux: SD_LAST_BUGGY_SECTORS. Many card readers fail, or hang, where a command of several blocks ends so near the end. */
const LAST_BLOCKS = 8;

/** How long a command may take that was not answered at all, and is sent once more after a reset, as Linux does. */
export const AGAIN_MS = 2000;

/** What is read and written of a medium. */
interface Size {
  readonly blockSize: number;
  readonly blockCount: number;
}

/** The most of one command of one device. */
export class CommandSize {
  #bytes: number;
  /** How often in a row only commands of the least size worked. */
  #leastWorked = 0;

  /**
   * @param speed a device at SuperSpeed has shown by that that it bears more
   * @param settingKib what the board file says; 0 for nothing
   */
  constructor(speed: DeviceLocation["speed"], settingKib: number) {
    const usual = speed.startsWith("super") ? SUPER_SPEED_BYTES : USUAL_BYTES;
    this.#bytes = settingKib === 0 ? usual : settingKib * KIB;
  }

  /** The most of one command now, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many blocks the next command moves of `left` that are wanted from `firstBlock` on; at least one. */
  blocks({ blockSize, blockCount }: Size, firstBlock: number, left: number): number {
    const beforeLast = blockCount - LAST_BLOCKS - firstBlock;
    if (beforeLast <= 0) return 1;
    return Math.min(left, beforeLast, Math.max(1, Math.floor(this.#bytes / blockSize)));
  }

  /**
   * Runs a command of `bytes` bytes, and where it fails for a reason that a smaller one may not have, runs it in smaller
   * ones, and stays with those when they work. One of at most 64 KiB that is not answered is sent once more.
   *
   * @param whole the command; is told how long it may take where that is not as usual
   * @param inParts does the same in commands of the new size
   * @param warn is told of the new size
   */
  attempt<Result>(
    bytes: number,
    whole: (send?: { readonly timeoutMs: number }) => Result,
    inParts: () => Result,
    warn: (message: string) => void,
  ): Result {
    try {
      const result = whole();
      if (bytes > LEAST_BYTES) this.#leastWorked = 0;
      return result;
    } catch (error) {
      if (bytes <= FALLBACK_BYTES && isSilence(error)) return whole({ timeoutMs: AGAIN_MS });
      const smaller = smallerThan(bytes, error);
      if (smaller === undefined) throw error;
      const before = this.#bytes;
      this.#bytes = smaller;
      let isKept = false;
      try {
        const result = inParts();
        if (smaller === LEAST_BYTES) this.#leastWorked += 1;
        isKept = smaller !== LEAST_BYTES || this.#leastWorked >= LEAST_AFTER;
        if (isKept)
          warn(
            `The device fails with commands of ${bytes} bytes: it is asked for at most ${this.#bytes} at once.`,
          );
        return result;
      } finally {
        if (!isKept) this.#bytes = before;
      }
    }
  }
}

/**
 * A refusal, or silence, may be for the size down to 64 KiB; below that, only a device that comes to no terms, or refuses the
 * command as one that it does not know, is tried with less: one that was silent would be silent for as long again.
 */
function smallerThan(bytes: number, error: unknown): number | undefined {
  if (!(error instanceof DriverError)) return undefined;
  const { tag } = error.payload;
  const isDisagreement = !(error instanceof ScsiError) && (tag === "protocol" || tag === "bus");
  const isRefusal = error instanceof ScsiError && (tag === "protocol" || tag === "unsupported");
  if (bytes > FALLBACK_BYTES && (isDisagreement || isRefusal || isSilence(error))) return FALLBACK_BYTES;
  const isSizeRefused =
    error instanceof ScsiError && error.sense.key === "illegal-request" && tag === "unsupported";
  return bytes > LEAST_BYTES && (isDisagreement || isSizeRefused) ? LEAST_BYTES : undefined;
}

/** Does what is worth being asked for again where it was not answered: a second time it has 2 s. */
export function onceMore<Result>(action: (send?: { readonly timeoutMs: number }) => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!isSilence(error)) throw error;
    return action({ timeoutMs: AGAIN_MS });
  }
}

/** Whether a command ended without an answer, and not with that of a unit that does not get ready. */
export function isSilence(error: unknown): boolean {
  return error instanceof DriverError && !(error instanceof ScsiError) && error.payload.tag === "timeout";
}
