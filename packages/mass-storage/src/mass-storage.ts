/**
 * USB mass storage with bulk-only transport: sticks, disks, card readers. "USB Mass Storage Class Specification
 * Overview" 1.4; "Bulk-Only Transport" 1.0; SPC-4 and SBC-3 for the commands.
 */

import {
  type BlockDeviceDriver,
  type BlockDeviceInfo,
  blocksOf,
  checkBlockRange,
  DriverError,
  type EndpointDescriptor,
  flag,
  type InterfaceDescriptor,
  integer,
  type OptionsOf,
  oneOf,
  type Time,
  type UsbDevice,
} from "@busbar/guest";
import { GET_MAX_LUN } from "./bot.ts";
import { AGAIN_MS, CommandSize } from "./command-size.ts";
import { LogicalUnit, type Medium } from "./logical-unit.ts";
import { ReadAhead, type ReadAheadResult } from "./read-ahead.ts";
import { DeviceType, type Inquiry } from "./scsi.ts";
import { isMediumAbsence, isMediumChange, ScsiError } from "./scsi-error.ts";
import { BulkOnlyTransport, type ExecuteOptions } from "./transport.ts";

/** What a board file can set. */
export const massStorageOptions = {
  /** The logical unit: the slot of a card reader. */
  lun: integer({ minimum: 0, maximum: 15 }, 0),
  /** How many commands are sent ahead; 0 waits after each transfer, as QEMU's usb-storage needs it. */
  queue: oneOf([0, 1, 2], 1),
  /** Whether the blocks after those that were read are fetched before they are asked for. */
  readAhead: flag(true),
  /** The most of one read or write, in KiB. */
  maximumTransferKib: integer({ minimum: 4, maximum: 1024 }, 1024),
  /**
   * The most of one command, in KiB; larger reads and writes are several. 0: 120, and 1024 at SuperSpeed, as Linux does.
   * A device that fails with it is asked for 64, then for 4.
   */
  commandKib: integer({ minimum: 0, maximum: 1024 }, 0),
  /** How long one transfer may take, in milliseconds. */
  timeoutMs: integer({ minimum: 1, maximum: 600_000 }, 5000),
  /** How long a unit that is not ready is waited for, in milliseconds. */
  readyTimeoutMs: integer({ minimum: 0, maximum: 600_000 }, 8000),
};

/** What can be set; see `massStorageOptions`. */
export type MassStorageOptions = OptionsOf<typeof massStorageOptions>;

/** Interface class, subclasses and protocol: "Mass Storage Class Specification Overview" 1.4, tables 1 to 3. */
const MASS_STORAGE = 0x08;
const BULK_ONLY = 0x50;
/** SCSI transparent; reduced block commands; ATAPI for optical drives; UFI. All take the same commands here. */
const subclasses = [0x06, 0x01, 0x02, 0x05, 0x04];
/** Of those, the ones whose command blocks have 12 bytes, whatever the command: usb-storage pads them as well. */
const subclassesOf12 = [0x02, 0x05, 0x04];

const deviceTypes: readonly number[] = Object.values(DeviceType);
const HIGHEST_LUN = 15;
/** So long a reader is asked for its other slots: some do not answer for those that they only claim. */
const OTHER_SLOTS_MS = 2000;

/** The driver of one logical unit. Every method throws DriverError. */
export class MassStorage implements BlockDeviceDriver {
  readonly #usb: UsbDevice;
  readonly #unit: LogicalUnit;
  readonly #ahead: ReadAhead;
  readonly #size: CommandSize;
  readonly #inquiry: Inquiry;
  readonly #vendor: string;
  readonly #product: string;
  readonly #maximumTransferBytes: number;
  #medium: Medium | undefined;
  /** The medium went or was changed, and nobody was told yet that there is another one. */
  #changed = false;
  #written = false;

  /** Finds the unit and waits until its medium is ready. @throws DriverError `wrong-device`, `not-found`, `timeout` */
  constructor(usb: UsbDevice, time: Time, options: MassStorageOptions) {
    this.#usb = usb;
    const found = findInterface(usb);
    const inEndpoint = usb.findEndpoint(found, "bulk", "in");
    const outEndpoint = usb.findEndpoint(found, "bulk", "out");
    usb.claim(found.interfaceNumber);
    if (found.alternateSetting !== 0) usb.setAlternateSetting(found.interfaceNumber, found.alternateSetting);
    const { lun, queue, timeoutMs, readyTimeoutMs, readAhead } = options;
    const highestLun = readHighestLun(usb, found.interfaceNumber);
    checkLun(lun, highestLun);
    const pipes = {
      interfaceNumber: found.interfaceNumber,
      alternateSetting: found.alternateSetting,
      inEndpoint: inEndpoint.endpointAddress,
      outEndpoint: outEndpoint.endpointAddress,
      inPacketBytes: packetBytes(inEndpoint),
    };
    const transport = new BulkOnlyTransport(usb, pipes, { queue, timeoutMs });
    const blockBytes = subclassesOf12.includes(found.interfaceSubclass) ? 12 : 0;
    const unitOf = (number: number) =>
      new LogicalUnit(transport, usb, number, time, readyTimeoutMs, blockBytes);
    this.#unit = unitOf(lun);
    this.#size = new CommandSize(usb.location.speed, options.commandKib);
    this.#ahead = new ReadAhead(transport, this.#unit, this.#size, readAhead);
    this.#maximumTransferBytes = options.maximumTransferKib * 1024;
    this.#inquiry = this.#unit.inquiry();
    checkType(this.#inquiry);
    const { manufacturerIndex, productIndex } = usb.descriptor;
    this.#vendor = this.#inquiry.vendor || usb.readString(manufacturerIndex);
    this.#product = this.#inquiry.product || usb.readString(productIndex);
    try {
      this.#medium = this.#unit.readMedium();
    } catch (error) {
      if (!(error instanceof ScsiError) || !isMediumAbsence(error.sense)) throw error;
      const endMs = time.nowMs() + OTHER_SLOTS_MS;
      const hasMedium = (number: number) => time.nowMs() < endMs && unitOf(number).hasMedium();
      throw emptySlot(lun, highestLun ?? 0, hasMedium) ?? error;
    }
  }

  /** Which medium this is now. @throws DriverError `not-found` without one, `disconnected` once for another one */
  info(): BlockDeviceInfo {
    return this.#run(({ blockSize, blockCount, readOnly }) => {
      this.#settle();
      if (this.#inquiry.removable) this.#unit.checkMedium();
      return {
        vendor: this.#vendor,
        product: this.#product,
        revision: this.#inquiry.revision,
        blockSize,
        blockCount,
        readOnly,
        removable: this.#inquiry.removable,
        maximumTransferBlocks: this.#mostBlocks(blockSize),
      };
    });
  }

  /**
   * Reads whole blocks.
   *
   * @param count 1 to `maximumTransferBlocks`
   * @returns `count` times `blockSize` bytes
   */
  read(firstBlock: number, count: number): Uint8Array {
    return this.#run((medium) => {
      this.#checkRange(medium, firstBlock, count);
      this.#ahead.begin(firstBlock, count);
      const parts = [];
      for (let done = 0; done < count; ) {
        const blocks = this.#size.blocks(medium, firstBlock + done, count - done);
        parts.push(this.#readCommand(medium, firstBlock + done, blocks));
        this.#ahead.follow(medium);
        done += blocks;
      }
      return joined(parts);
    });
  }

  /** Writes whole blocks. @param data 1 to `maximumTransferBlocks` times `blockSize` bytes */
  write(firstBlock: number, data: Uint8Array): void {
    this.#run((medium) => {
      const { blockSize, readOnly } = medium;
      this.#checkRange(medium, firstBlock, blocksOf(data, blockSize));
      if (readOnly) {
        throw DriverError.accessDenied(
          "The medium is write-protected; move its switch, or use another medium.",
        );
      }
      this.#settle();
      this.#written = true;
      this.#writeBlocks(medium, firstBlock, data);
    });
  }

  /** Returns when everything that was written is on the medium. */
  flush(): void {
    this.#run(() => this.#flush());
  }

  /** Flushes and gives the device back; closing twice is legal. @throws DriverError when the flush fails */
  close(): void {
    using _ = this.#usb;
    if (this.#medium === undefined || !this.#written) return;
    this.#written = false;
    this.#settle();
    this.#unit.flush();
  }

  /** The blocks of one command, from the read-ahead or from the unit. */
  #readCommand(medium: Medium, firstBlock: number, count: number): Uint8Array {
    const ahead = this.#ahead.take(firstBlock, count, medium);
    const isUncertain = this.#checkFailure(ahead);
    const again = () =>
      ahead.silent
        ? this.#unit.read(firstBlock, count, medium.blockSize, { timeoutMs: AGAIN_MS })
        : this.#readBlocks(medium, firstBlock, count);
    const data = ahead.data ?? again();
    if (isUncertain) this.#forgetMedium();
    return data;
  }

  /** Blocks of one command, or of several where the device does not bear one. */
  #readBlocks(medium: Medium, firstBlock: number, count: number): Uint8Array {
    const { blockSize } = medium;
    const inParts = () => {
      const parts = [];
      for (let done = 0; done < count; ) {
        const blocks = this.#size.blocks(medium, firstBlock + done, count - done);
        parts.push(this.#readBlocks(medium, firstBlock + done, blocks));
        done += blocks;
      }
      return joined(parts);
    };
    const whole = (send?: ExecuteOptions) => this.#unit.read(firstBlock, count, blockSize, send);
    return this.#size.attempt(count * blockSize, whole, inParts, (message) => this.#usb.warn(message));
  }

  #writeBlocks(medium: Medium, firstBlock: number, data: Uint8Array): void {
    const { blockSize } = medium;
    const count = data.length / blockSize;
    for (let done = 0; done < count; ) {
      const block = firstBlock + done;
      const blocks = this.#size.blocks(medium, block, count - done);
      const part = data.subarray(done * blockSize, (done + blocks) * blockSize);
      const whole = (send?: ExecuteOptions) => this.#unit.write(block, part, blockSize, send);
      const inParts = () => this.#writeBlocks(medium, block, part);
      this.#size.attempt(part.length, whole, inParts, (message) => this.#usb.warn(message));
      done += blocks;
    }
  }

  #flush(): void {
    this.#settle();
    this.#unit.flush();
    this.#written = false;
  }

  /** Waits for the read-ahead, and looks whether it found another medium. */
  #settle(): void {
    const result = this.#ahead.settle();
    this.#ahead.reset();
    if (this.#checkFailure(result)) this.#forgetMedium();
  }

  /**
   * Asks why a read-ahead failed: any other reason than another medium comes up again when its blocks are read.
   *
   * @returns whether the reason is lost, and may have been another medium
   * @throws ScsiError
   */
  #checkFailure({ failed, overtaken }: ReadAheadResult): boolean {
    if (!failed) return false;
    const sense = this.#unit.requestSense();
    if (sense === undefined) return overtaken && this.#inquiry.removable;
    if (isMediumChange(sense) || isMediumAbsence(sense)) throw new ScsiError(sense, "Reading ahead");
    return false;
  }

  /** @throws DriverError `disconnected` always */
  #forgetMedium(): never {
    this.#medium = undefined;
    throw DriverError.disconnected("The medium may have been changed; look at its size before you go on.");
  }

  /** Does something with the medium, and keeps in mind when it turns out to be another one. */
  #run<Result>(body: (medium: Medium) => Result): Result {
    try {
      this.#medium ??= this.#unit.readMedium();
      if (this.#changed) {
        this.#changed = false;
        throw DriverError.disconnected("The medium was changed; look at its size before you go on.");
      }
      return body(this.#medium);
    } catch (error) {
      if (!(error instanceof ScsiError)) throw error;
      const isAbsent = isMediumAbsence(error.sense);
      if (isAbsent || isMediumChange(error.sense)) {
        this.#medium = undefined;
        this.#written = false;
        this.#ahead.reset();
      }
      if (isAbsent) this.#changed = true;
      throw error;
    }
  }

  #checkRange({ blockSize, blockCount }: Medium, firstBlock: number, count: number): void {
    checkBlockRange({ blockCount, maximumTransferBlocks: this.#mostBlocks(blockSize) }, firstBlock, count);
  }

  #mostBlocks(blockSize: number): number {
    return Math.floor(this.#maximumTransferBytes / blockSize);
  }
}

/** The first bulk-only interface of the class, in its first such alternate setting; of a known subclass if there is one. */
function findInterface(usb: UsbDevice): InterfaceDescriptor {
  for (const subclass of subclasses) {
    const found = usb.findInterface({ class: MASS_STORAGE, subclass, protocol: BULK_ONLY });
    if (found !== undefined) return found;
  }
  const other = usb.findInterface({ class: MASS_STORAGE, protocol: BULK_ONLY });
  if (other !== undefined) return other;
  throw DriverError.wrongDevice(
    "The device has no bulk-only mass storage interface; correct the device or the driver in the board file.",
  );
}

/**
 * GET MAX LUN: BOT 3.2. A device with one unit may stall it, and what is no number of a unit means one unit, as for Linux.
 *
 * @returns undefined where the device does not say
 */
function readHighestLun(usb: UsbDevice, interfaceNumber: number): number | undefined {
  const answer = usb.optionalIn(
    "GET MAX LUN",
    { type: "class", recipient: "interface", request: GET_MAX_LUN, index: interfaceNumber },
    1,
  );
  const highest = answer?.[0];
  return highest !== undefined && highest > HIGHEST_LUN ? 0 : highest;
}

/** Where the device does not say how many units it has, the unit itself does, by its answer to INQUIRY. */
function checkLun(lun: number, highest: number | undefined): void {
  if (highest === undefined || lun <= highest) return;
  throw DriverError.notFound(
    `The device has no unit ${lun}, only 0 to ${highest}; correct the setting "lun".`,
  );
}

/** For a reader one of whose other slots has a medium: which. */
function emptySlot(
  lun: number,
  highestLun: number,
  hasMedium: (lun: number) => boolean,
): DriverError | undefined {
  const others = Array.from({ length: highestLun + 1 }, (_, number) => number).filter(
    (number) => number !== lun && hasMedium(number),
  );
  if (others.length === 0) return undefined;
  const [which, verb] =
    others.length === 1 ? [`unit ${others[0]}`, "has"] : [`units ${others.join(", ")}`, "have"];
  return DriverError.notFound(
    `There is no medium in unit ${lun} of the device, but ${which} ${verb} one; set "lun" to ${others.join(" or ")}.`,
  );
}

/** Pieces one after the other; one of them as it is. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function checkType({ qualifier, deviceType }: Inquiry): void {
  if (qualifier !== 0) {
    throw DriverError.notFound('Nothing is behind this unit of the device; correct the setting "lun".');
  }
  if (!deviceTypes.includes(deviceType)) {
    throw DriverError.wrongDevice(
      `The unit is no disk: expected SCSI device type ${deviceTypes.join(", ")}, found ${deviceType}.`,
    );
  }
}

/** wMaxPacketSize, bits 10 to 0: USB 2.0 table 9-13. */
function packetBytes({ maxPacketSize }: EndpointDescriptor): number {
  return Math.max(maxPacketSize & 0x7ff, 64);
}
