/** One logical unit: SCSI commands with what has to be done when it refuses them. SPC-4 sections 4.5, 5.7 and 5.14. */

import { DriverError, type Time } from "@busbar/guest";
import type { Command, DataDirection } from "./bot.ts";
import * as scsi from "./scsi.ts";
import { isMediumAbsence, isMediumChange, ScsiError } from "./scsi-error.ts";
import { parseSense, type Sense, SenseCode, START_REQUIRED } from "./sense.ts";
import type { BulkOnlyTransport, CommandResult } from "./transport.ts";

/** Between two questions whether a unit is ready. */
const POLL_MS = 100;

/** A unit can have several attentions in a row: power on, parameters changed, medium changed. */
const MOST_REPEATS = 8;

/** MODE SENSE of all pages: what Windows asks for, and so what every device knows. Then the header alone. */
const modeSenses = [
  { page: scsi.ALL_PAGES, length: 192 },
  { page: 0, length: 4 },
];

/** The unit's medium, as long as it is the same one. */
export interface Medium {
  /** Bytes of a block. */
  readonly blockSize: number;
  /** One more than the number of the last block. */
  readonly blockCount: number;
  readonly readOnly: boolean;
}

/** How one command is treated. */
interface Policy {
  /** What the driver is doing, for messages. */
  readonly doing: string;
  /** Another medium is what the driver looks for, and no error. */
  readonly acceptChange?: boolean;
}

const nothing = new Uint8Array();

/** A logical unit. Every method throws DriverError; ScsiError where the unit said why. */
export class LogicalUnit {
  readonly #transport: BulkOnlyTransport;
  readonly #lun: number;
  readonly #time: Time;
  readonly #readyTimeoutMs: number;
  #hasCache = true;

  /** @param readyTimeoutMs how long a unit that is getting ready is waited for */
  constructor(transport: BulkOnlyTransport, lun: number, time: Time, readyTimeoutMs: number) {
    this.#transport = transport;
    this.#lun = lun;
    this.#time = time;
    this.#readyTimeoutMs = readyTimeoutMs;
  }

  /** INQUIRY. */
  inquiry(): scsi.Inquiry {
    const policy = { doing: "Asking the device what it is", acceptChange: true };
    return scsi.parseInquiry(this.#parameters(scsi.inquiry, scsi.INQUIRY_BYTES, 5, policy));
  }

  /**
   * Waits until the unit is ready, and finds out about its medium.
   *
   * @throws ScsiError `not-found` without a medium, `timeout` when the unit does not get ready
   */
  readMedium(): Medium {
    const policy = { doing: "Waiting for the medium", acceptChange: true };
    this.#run(scsi.testUnitReady(), "none", 0, nothing, policy);
    const { lastBlock, blockLength } = this.#readCapacity();
    return { blockSize: blockLength, blockCount: lastBlock + 1, readOnly: this.#isWriteProtected() };
  }

  /** @throws ScsiError `disconnected` for another medium, `not-found` for none */
  checkMedium(): void {
    this.#run(scsi.testUnitReady(), "none", 0, nothing, { doing: "Looking at the medium" });
  }

  /** The command that reads `count` blocks of `blockSize` bytes. */
  readCommand(firstBlock: number, count: number, blockSize: number): Command {
    return this.#command(scsi.read(firstBlock, count), "in", count * blockSize);
  }

  /** Reads blocks. @throws DriverError `protocol` when the device gives less */
  read(firstBlock: number, count: number, blockSize: number): Uint8Array {
    const doing = `Reading ${count} blocks from block ${firstBlock}`;
    const length = count * blockSize;
    return this.#whole(scsi.read(firstBlock, count), "in", length, nothing, doing);
  }

  /** Writes blocks. @throws DriverError `protocol` when the device takes less */
  write(firstBlock: number, data: Uint8Array, blockSize: number): void {
    const count = data.length / blockSize;
    const doing = `Writing ${count} blocks from block ${firstBlock}`;
    this.#whole(scsi.write(firstBlock, count), "out", data.length, data, doing);
  }

  /** SYNCHRONIZE CACHE; a device that does not know it has no cache. */
  flush(): void {
    if (!this.#hasCache) return;
    const policy = { doing: "Writing the device's cache to the medium" };
    try {
      this.#run(scsi.synchronizeCache10(), "none", 0, nothing, policy);
    } catch (error) {
      const unknown =
        error instanceof ScsiError &&
        error.sense.key === "illegal-request" &&
        error.sense.code === SenseCode.INVALID_OPERATION_CODE;
      if (!unknown) throw error;
      this.#hasCache = false;
    }
  }

  /** Why the last command failed; `undefined` where the unit does not say. */
  requestSense(): Sense | undefined {
    const command = this.#command(scsi.requestSense(scsi.SENSE_BYTES), "in", scsi.SENSE_BYTES);
    const sense = parseSense(this.#transport.execute(command).data);
    return sense?.key === "no-sense" ? undefined : sense;
  }

  #readCapacity(): scsi.Capacity {
    const policy = { doing: "Asking for the size of the medium", acceptChange: true };
    const [short, long] = [scsi.CAPACITY_10_BYTES, scsi.CAPACITY_16_BYTES];
    const capacity = scsi.parseCapacity10(this.#parameters(scsi.readCapacity10, short, short, policy));
    if (capacity !== undefined) return capacity;
    return scsi.parseCapacity16(this.#parameters(scsi.readCapacity16, long, 12, policy));
  }

  /** Many devices do not know MODE SENSE; then the first write tells. */
  #isWriteProtected(): boolean {
    const policy = { doing: "Asking for write protection", acceptChange: true };
    for (const { page, length } of modeSenses) {
      try {
        const block = (allocation: number) => scsi.modeSense6(page, allocation);
        return scsi.parseWriteProtection(this.#parameters(block, length, 3, policy));
      } catch (error) {
        const { tag } = (error as Partial<DriverError>).payload ?? {};
        // What the device refuses or answers wrongly is not known; one that is gone or slow is another thing.
        if (tag !== "protocol" && tag !== "unsupported" && tag !== "invalid-argument") throw error;
      }
    }
    return false;
  }

  /**
   * Reads parameter data. A device that has less may end in a stall that hides what it sent (BOT 6.7.2, case 5): then
   * it is asked again, for as much as it has. One that gives less than `least` bytes is asked again as well, once.
   */
  #parameters(
    block: (allocation: number) => Uint8Array,
    length: number,
    least: number,
    policy: Policy,
  ): Uint8Array {
    const first = this.#run(block(length), "in", length, nothing, policy);
    if (first.data.length >= least) return first.data;
    const again = first.data.length === 0 && first.processed >= least ? first.processed : length;
    return this.#run(block(again), "in", again, nothing, policy).data;
  }

  #whole(
    block: Uint8Array,
    direction: "in" | "out",
    length: number,
    data: Uint8Array,
    doing: string,
  ): Uint8Array {
    let result: CommandResult;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      result = this.#run(block, direction, length, data, { doing });
      const transferred = direction === "in" ? result.data.length : result.processed;
      if (transferred === length) return result.data;
    }
    throw DriverError.protocol(
      `${doing}: the device processed ${result!.processed} of ${length} bytes; unplug it and plug it in again.`,
    );
  }

  #command(block: Uint8Array, direction: DataDirection, length: number): Command {
    return { lun: this.#lun, block, direction, length };
  }

  /** Runs a command until it passes, or fails for a reason that neither waiting nor repeating mends. */
  #run(
    block: Uint8Array,
    direction: DataDirection,
    length: number,
    data: Uint8Array,
    policy: Policy,
  ): CommandResult {
    const command = this.#command(block, direction, length);
    const deadlineMs = this.#time.nowMs() + this.#readyTimeoutMs;
    let started = false;
    for (let repeats = 0; repeats < MOST_REPEATS; ) {
      const result = this.#transport.execute(command, data);
      if (result.passed) return result;
      const sense = this.requestSense();
      if (sense?.key === "recovered-error") return result;
      if (sense !== undefined && isGettingReady(sense)) {
        if (this.#time.nowMs() >= deadlineMs) throw new ScsiError(sense, policy.doing);
        if (sense.qualifier === START_REQUIRED && !started) {
          started = true;
          this.#transport.execute(this.#command(scsi.startStopUnit(true), "none", 0));
        } else {
          this.#time.waitMs(POLL_MS);
        }
        continue;
      }
      if (sense !== undefined && !isWorthRepeating(sense, policy)) throw new ScsiError(sense, policy.doing);
      repeats += 1;
    }
    throw DriverError.protocol(
      `${policy.doing}: the device refuses it and does not say why; unplug it and plug it in again.`,
    );
  }
}

function isGettingReady(sense: Sense): boolean {
  return sense.key === "not-ready" && !isMediumAbsence(sense);
}

/** An attention is told once; the command that was told it was not carried out (SPC-4 section 5.14). */
function isWorthRepeating(sense: Sense, { acceptChange = false }: Policy): boolean {
  if (sense.key === "aborted-command") return true;
  if (sense.key !== "unit-attention" || isMediumAbsence(sense)) return false;
  return acceptChange || !isMediumChange(sense);
}
