/** One logical unit: SCSI commands with what has to be done when it refuses them. SPC-4 sections 4.5, 5.7 and 5.14. */

import { DriverError, type Time, type UsbDevice } from "@busbar/guest";
import type { Command, DataDirection } from "./bot.ts";
import { onceMore } from "./command-size.ts";
import {
  isFlushFailure,
  isGettingReady,
  isWorthRepeating,
  mayPass,
  type Policy,
  saysNotReady,
  tooLittle,
} from "./refusals.ts";
import * as scsi from "./scsi.ts";
import { isRefusal, ScsiError } from "./scsi-error.ts";
import { parseSense, type Sense } from "./sense.ts";
import type { BulkOnlyTransport, CommandResult, ExecuteOptions } from "./transport.ts";

/** Between two questions whether a unit is ready. */
const POLL_MS = 100;

/** A unit can have several attentions in a row: power on, parameters changed, medium changed. */
const MOST_REPEATS = 8;
/** How often a command is tried that may fail for a passing reason. */
const TRIES = 3;
const TRIES_OF_OPTIONAL = 2;

/** What the driver can do without is asked for once, and not for long. */
const OPTIONAL_TIMEOUT_MS = 500;
const OPTIONAL: ExecuteOptions = { timeoutMs: OPTIONAL_TIMEOUT_MS, attempts: 1 };

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

const nothing = new Uint8Array();

/** A logical unit. Every method throws DriverError; ScsiError where the unit said why. */
export class LogicalUnit {
  readonly #transport: BulkOnlyTransport;
  readonly #usb: UsbDevice;
  readonly #lun: number;
  readonly #time: Time;
  readonly #readyTimeoutMs: number;
  /** Bytes of a command block that a subclass of fixed length wants: 12 for ATAPI and UFI; 0 for none. */
  readonly #leastBlockBytes: number;
  #hasCache = true;
  /** Whether SYNCHRONIZE CACHE has passed once: from then on no answer is a failure. */
  #hasFlushed = false;
  #knowsReady = true;
  /** Data have arrived whole that the device says it did not process. */
  #residuesAreNonsense = false;

  /**
   * @param readyTimeoutMs how long a unit that is getting ready is waited for
   * @param leastBlockBytes the command blocks' least length
   */
  constructor(
    transport: BulkOnlyTransport,
    usb: UsbDevice,
    lun: number,
    time: Time,
    readyTimeoutMs: number,
    leastBlockBytes = 0,
  ) {
    this.#transport = transport;
    this.#usb = usb;
    this.#lun = lun;
    this.#time = time;
    this.#readyTimeoutMs = readyTimeoutMs;
    this.#leastBlockBytes = leastBlockBytes;
  }

  /** INQUIRY; a unit that does not answer it is a disk all the same. What is missing at the end counts as 0. */
  inquiry(): scsi.Inquiry {
    const policy = {
      doing: "Asking the device what it is",
      acceptChange: true,
      isOptional: true,
      send: { timeoutMs: OPTIONAL_TIMEOUT_MS },
    };
    const data = this.#usb.optional("INQUIRY", () => {
      const answer = this.#parameters(scsi.inquiry, scsi.INQUIRY_BYTES, 5, policy);
      if (answer.length > 0) return answer;
      throw DriverError.protocol("it was answered with nothing.");
    });
    if (data === undefined) return scsi.UNKNOWN_INQUIRY;
    const whole = new Uint8Array(scsi.INQUIRY_BYTES);
    whole.set(data.subarray(0, whole.length));
    return scsi.parseInquiry(whole);
  }

  /**
   * Waits until the unit is ready, and finds out about its medium.
   *
   * @throws ScsiError `not-found` without a medium, `timeout` when the unit does not get ready
   */
  readMedium(): Medium {
    this.#testReady({ doing: "Waiting for the medium", acceptChange: true });
    const { lastBlock, blockLength } = this.#checkLastBlock(this.#readCapacity());
    return { blockSize: blockLength, blockCount: lastBlock + 1, readOnly: this.#isWriteProtected() };
  }

  /** @throws ScsiError `disconnected` for another medium, `not-found` for none */
  checkMedium(): void {
    this.#testReady({ doing: "Looking at the medium" });
  }

  /** Whether the unit says at once that it has a medium: for a reader's other slots. @throws DriverError `disconnected` */
  hasMedium(): boolean {
    const command = this.#command(scsi.testUnitReady(), "none", 0);
    for (let repeats = 0; repeats < MOST_REPEATS; repeats += 1) {
      const passed = this.#optional(() => this.#transport.execute(command, nothing, OPTIONAL).passed);
      if (passed !== false) return passed ?? false;
      if (this.requestSense()?.key !== "unit-attention") return false;
    }
    return false;
  }

  /** The command that reads `count` blocks of `blockSize` bytes. */
  readCommand(firstBlock: number, count: number, blockSize: number): Command {
    return this.#command(scsi.read(firstBlock, count), "in", count * blockSize);
  }

  /** Reads blocks. @throws DriverError `protocol` when the device gives less */
  read(firstBlock: number, count: number, blockSize: number, send: ExecuteOptions = {}): Uint8Array {
    const doing = `Reading ${count} blocks from block ${firstBlock}`;
    const length = count * blockSize;
    let result: CommandResult | undefined;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      result = this.#run(scsi.read(firstBlock, count), "in", length, nothing, { doing, send });
      this.#judgeResidue(result, length);
      if (result.data.length === length) return result.data;
    }
    throw tooLittle(doing, Math.min(result!.data.length || result!.processed, length), length);
  }

  /**
   * Writes blocks. Where the device says again and again that it took less, the blocks are read: they tell the truth.
   *
   * @throws DriverError `protocol` when the device takes less
   */
  write(firstBlock: number, data: Uint8Array, blockSize: number, send: ExecuteOptions = {}): void {
    const count = data.length / blockSize;
    const doing = `Writing ${count} blocks from block ${firstBlock}`;
    let processed = 0;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const result = this.#run(scsi.write(firstBlock, count), "out", data.length, data, { doing, send });
      processed = result.processed;
      if (processed === data.length || this.#residuesAreNonsense) return;
    }
    const written = this.read(firstBlock, count, blockSize);
    if (written.some((byte, index) => byte !== data[index])) throw tooLittle(doing, processed, data.length);
    this.#ignoreResidues();
  }

  /**
   * SYNCHRONIZE CACHE. A device that refuses it, or has never answered it, has no cache that could be written out.
   *
   * @throws ScsiError where the medium or the device failed
   */
  flush(): void {
    if (!this.#hasCache) return;
    try {
      const policy = { doing: "Writing the device's cache to the medium" };
      this.#run(scsi.synchronizeCache10(), "none", 0, nothing, policy);
      this.#hasFlushed = true;
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag === "disconnected") throw error;
      const isRefused = error instanceof ScsiError ? !isFlushFailure(error.sense) : !this.#hasFlushed;
      if (!isRefused) throw error;
      this.#hasCache = false;
      this.#usb.warn(`SYNCHRONIZE CACHE failed, and is done without: ${error.message}`);
    }
  }

  /** Why the last command failed; `undefined` where the unit does not say. @throws DriverError `disconnected` */
  requestSense(): Sense | undefined {
    const command = this.#command(scsi.requestSense(scsi.SENSE_BYTES), "in", scsi.SENSE_BYTES);
    const sense = this.#optional(() =>
      parseSense(this.#transport.execute(command, nothing, { timeoutMs: OPTIONAL_TIMEOUT_MS }).data),
    );
    return sense?.key === "no-sense" ? undefined : sense;
  }

  /**
   * A unit that does not know TEST UNIT READY, or fails it for a reason of its own, shows with the next command what is the
   * matter, as in Linux (sd_spinup_disk).
   */
  #testReady(policy: Policy): void {
    if (!this.#knowsReady) return;
    try {
      this.#run(scsi.testUnitReady(), "none", 0, nothing, policy);
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag === "disconnected") throw error;
      if (error instanceof ScsiError && !isRefusal(error.sense)) {
        if (saysNotReady(error.sense)) throw error;
      } else {
        this.#knowsReady = false;
      }
      this.#usb.warn(`TEST UNIT READY failed, and is done without: ${error.message}`);
    }
  }

  #readCapacity(): scsi.Capacity {
    const policy = { doing: "Asking for the size of the medium", acceptChange: true };
    const [short, long] = [scsi.CAPACITY_10_BYTES, scsi.CAPACITY_16_BYTES];
    const ask16 = (send?: ExecuteOptions) =>
      scsi.parseCapacity16(
        this.#parameters(
          scsi.readCapacity16,
          long,
          12,
          send === undefined ? policy : { ...policy, isOptional: true, send },
        ),
      );
    let data: Uint8Array;
    try {
      data = onceMore((send) =>
        this.#parameters(
          scsi.readCapacity10,
          short,
          short,
          send === undefined ? policy : { ...policy, send },
        ),
      );
    } catch (error) {
      if (error instanceof ScsiError && isRefusal(error.sense)) return ask16();
      throw error;
    }
    return (
      scsi.parseCapacity10(data) ??
      this.#usb.optional("READ CAPACITY (16)", () => ask16(OPTIONAL)) ??
      scsi.leastCapacity10(data)
    );
  }

  /**
   * Some devices give the number of blocks where the number of the last one is asked for (Linux: US_FL_FIX_CAPACITY). No
   * medium has an odd number of blocks, so only then the last one is tried.
   */
  #checkLastBlock(capacity: scsi.Capacity): scsi.Capacity {
    const { lastBlock, blockLength } = capacity;
    if (lastBlock === 0 || lastBlock % 2 !== 0) return capacity;
    const canRead = (block: number) => {
      const policy = {
        doing: `Reading block ${block}`,
        acceptChange: true,
        isOptional: true,
        send: OPTIONAL,
      };
      const read = () => this.#run(scsi.read(block, 1), "in", blockLength, nothing, policy).data;
      return this.#optional(read)?.length === blockLength;
    };
    if (canRead(lastBlock) || !canRead(lastBlock - 1)) return capacity;
    this.#usb.warn(
      `The device has no block ${lastBlock}, which it gives as its last: it has one block less.`,
    );
    return { lastBlock: lastBlock - 1, blockLength };
  }

  /** Many devices do not know MODE SENSE; then the first write tells. */
  #isWriteProtected(): boolean {
    const policy = {
      doing: "Asking for write protection",
      acceptChange: true,
      isOptional: true,
      send: OPTIONAL,
    };
    let failure = "";
    for (const { page, length } of modeSenses) {
      try {
        const block = (allocation: number) => scsi.modeSense6(page, allocation);
        return scsi.parseWriteProtection(this.#parameters(block, length, 3, policy));
      } catch (error) {
        if (!(error instanceof DriverError) || error.payload.tag === "disconnected") throw error;
        failure = error.message;
        // One that does not answer would not answer the other question either.
        if (error.payload.tag === "timeout") break;
      }
    }
    this.#usb.warn(`MODE SENSE failed, and is done without: ${failure}`);
    return false;
  }

  /**
   * Reads parameter data. A device that has less may end in a stall that hides what it sent (BOT 6.7.2, case 5): then
   * it is asked again, for as much as it has. One that gives less than `least` bytes is asked again as well.
   */
  #parameters(
    block: (allocation: number) => Uint8Array,
    length: number,
    least: number,
    policy: Policy,
  ): Uint8Array {
    let result = this.#run(block(length), "in", length, nothing, policy);
    // Only of these two commands every device gives all bytes; of others, what is missing may be filled up.
    const isWhole = length === scsi.INQUIRY_BYTES || length === scsi.CAPACITY_10_BYTES;
    if (isWhole) this.#judgeResidue(result, length);
    const tries = policy.isOptional ? TRIES_OF_OPTIONAL : TRIES;
    for (let done = 1; done < tries && result.data.length < least; done += 1) {
      const again = result.data.length === 0 && result.processed >= least ? result.processed : length;
      result = this.#run(block(again), "in", again, nothing, policy);
    }
    return result.data;
  }

  /** As Linux (usb_stor_Bulk_transport): who says once that data are left over that have arrived, says it always. */
  #judgeResidue({ data, processed, passed }: CommandResult, length: number): void {
    if (passed && data.length === length && processed < length) this.#ignoreResidues();
  }

  #ignoreResidues(): void {
    this.#residuesAreNonsense = true;
    this.#usb.warn("The device says of data that were transferred that they were not: it is not believed.");
  }

  #command(block: Uint8Array, direction: DataDirection, length: number): Command {
    if (block.length >= this.#leastBlockBytes) return { lun: this.#lun, block, direction, length };
    const padded = new Uint8Array(this.#leastBlockBytes);
    padded.set(block);
    return { lun: this.#lun, block: padded, direction, length };
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
    const { isOptional = false } = policy;
    const deadlineMs = this.#time.nowMs() + (isOptional ? OPTIONAL_TIMEOUT_MS : this.#readyTimeoutMs);
    let hasWaited = false;
    let starts = isOptional ? 0 : TRIES;
    let failures = 0;
    for (let repeats = 0; repeats < MOST_REPEATS; ) {
      const result = this.#transport.execute(command, data, policy.send);
      if (result.passed) return result;
      const sense = this.requestSense();
      if (sense?.key === "recovered-error") return result;
      if (sense !== undefined && isGettingReady(sense)) {
        if (hasWaited && this.#time.nowMs() >= deadlineMs) throw new ScsiError(sense, policy.doing);
        hasWaited = true;
        if (starts > 0) starts = this.#start() ? 0 : starts - 1;
        this.#time.waitMs(POLL_MS);
        continue;
      }
      if (sense !== undefined && mayPass(sense)) failures += 1;
      const again =
        sense === undefined || isWorthRepeating(sense, policy) || (mayPass(sense) && failures < TRIES);
      if (!again) throw new ScsiError(sense, policy.doing);
      repeats += 1;
    }
    throw DriverError.protocol(
      `${policy.doing}: the device refuses it and does not say why; unplug it and plug it in again.`,
    );
  }

  /**
   * Of a unit that is getting ready by itself it does no harm: Linux does it for all (sd_spinup_disk).
   *
   * @returns false where it may go another time; a unit that does not answer may be at it
   */
  #start(): boolean {
    const command = this.#command(scsi.startStopUnit(true, false, true), "none", 0);
    try {
      return this.#transport.execute(command, nothing, { attempts: 1 }).passed;
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag === "disconnected") throw error;
      return error.payload.tag === "timeout";
    }
  }

  /** As the device's `optional`, without a word: what matters shows with the next command. */
  #optional<Result>(action: () => Result): Result | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag === "disconnected") throw error;
      return undefined;
    }
  }
}
