/**
 * USB mass storage with bulk-only transport: sticks, disks, card readers. "USB Mass Storage Class Specification
 * Overview" 1.4; "Bulk-Only Transport" 1.0; SPC-4 and SBC-3 for the commands.
 */

import {
  type BlockDeviceDriver,
  type BlockDeviceInfo,
  DriverError,
  type EndpointDescriptor,
  flag,
  type InterfaceDescriptor,
  integer,
  type OptionsOf,
  oneOf,
  type Time,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import { GET_MAX_LUN } from "./bot.ts";
import { LogicalUnit, type Medium } from "./logical-unit.ts";
import { ReadAhead, type ReadAheadResult } from "./read-ahead.ts";
import { DeviceType, type Inquiry } from "./scsi.ts";
import { isMediumAbsence, isMediumChange, ScsiError } from "./scsi-error.ts";
import { BulkOnlyTransport } from "./transport.ts";

/** What a board file can set. */
export const massStorageOptions = {
  /** The logical unit: the slot of a card reader. */
  lun: integer({ minimum: 0, maximum: 15 }, 0),
  /** How many commands are sent ahead; 0 waits after each transfer, as QEMU's usb-storage needs it. */
  queue: oneOf([0, 1, 2], 1),
  /** Whether the blocks after those that were read are fetched before they are asked for. */
  readAhead: flag(true),
  /** The most of one command, in KiB; less for an old device that does not bear more. */
  maximumTransferKib: integer({ minimum: 4, maximum: 1024 }, 1024),
  /** How long one transfer may take, in milliseconds. */
  timeoutMs: integer({ minimum: 1, maximum: 600_000 }, 5000),
  /** How long a unit that is not ready is waited for, in milliseconds. */
  readyTimeoutMs: integer({ minimum: 0, maximum: 600_000 }, 5000),
};

/** What can be set; see `massStorageOptions`. */
export type MassStorageOptions = OptionsOf<typeof massStorageOptions>;

/** Interface class, subclasses and protocol: "Mass Storage Class Specification Overview" 1.4, tables 1 to 3. */
const MASS_STORAGE = 0x08;
const BULK_ONLY = 0x50;
/** SCSI transparent; reduced block commands; ATAPI for optical drives; UFI. All take the same commands here. */
const subclasses = [0x06, 0x01, 0x02, 0x05, 0x04];

const deviceTypes: readonly number[] = Object.values(DeviceType);
const HIGHEST_LUN = 15;

/** The driver of one logical unit. Every method throws DriverError. */
export class MassStorage implements BlockDeviceDriver {
  readonly #usb: UsbDevice;
  readonly #unit: LogicalUnit;
  readonly #ahead: ReadAhead;
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
    checkLun(lun, readHighestLun(usb, found.interfaceNumber));
    const pipes = {
      interfaceNumber: found.interfaceNumber,
      inEndpoint: inEndpoint.endpointAddress,
      outEndpoint: outEndpoint.endpointAddress,
      inPacketBytes: packetBytes(inEndpoint),
    };
    const transport = new BulkOnlyTransport(usb, pipes, { queue, timeoutMs });
    this.#unit = new LogicalUnit(transport, lun, time, readyTimeoutMs);
    this.#ahead = new ReadAhead(transport, this.#unit, readAhead);
    this.#maximumTransferBytes = options.maximumTransferKib * 1024;
    this.#inquiry = this.#unit.inquiry();
    checkType(this.#inquiry);
    const { manufacturerIndex, productIndex } = usb.descriptor;
    this.#vendor = this.#inquiry.vendor || usb.readString(manufacturerIndex);
    this.#product = this.#inquiry.product || usb.readString(productIndex);
    this.#medium = this.#unit.readMedium();
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
      const { blockSize, blockCount } = medium;
      const ahead = this.#ahead.take(firstBlock, count, blockSize, blockCount);
      const isUncertain = this.#checkFailure(ahead);
      const data = ahead.data ?? this.#unit.read(firstBlock, count, blockSize);
      if (isUncertain) this.#forgetMedium();
      this.#ahead.follow(count, blockSize, blockCount);
      return data;
    });
  }

  /** Writes whole blocks. @param data 1 to `maximumTransferBlocks` times `blockSize` bytes */
  write(firstBlock: number, data: Uint8Array): void {
    this.#run((medium) => {
      const { blockSize, readOnly } = medium;
      if (data.length % blockSize !== 0) {
        throw DriverError.invalidArgument(
          `${data.length} bytes are no whole number of blocks, which have ${blockSize} bytes.`,
        );
      }
      this.#checkRange(medium, firstBlock, data.length / blockSize);
      if (readOnly) {
        throw DriverError.accessDenied(
          "The medium is write-protected; move its switch, or use another medium.",
        );
      }
      this.#settle();
      this.#written = true;
      this.#unit.write(firstBlock, data, blockSize);
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
    const most = this.#mostBlocks(blockSize);
    if (!Number.isInteger(count) || count < 1 || count > most) {
      throw DriverError.invalidArgument(`${count} blocks at once are not possible, only 1 to ${most}.`);
    }
    if (!Number.isSafeInteger(firstBlock) || firstBlock < 0 || firstBlock + count > blockCount) {
      throw DriverError.invalidArgument(
        `Blocks ${firstBlock} to ${firstBlock + count - 1} are not all on the medium: its last one is ${blockCount - 1}.`,
      );
    }
  }

  #mostBlocks(blockSize: number): number {
    return Math.floor(this.#maximumTransferBytes / blockSize);
  }
}

/** The first bulk-only interface of the class, in its first such alternate setting. */
function findInterface(usb: UsbDevice): InterfaceDescriptor {
  for (const subclass of subclasses) {
    const found = usb.findInterface({ class: MASS_STORAGE, subclass, protocol: BULK_ONLY });
    if (found !== undefined) return found;
  }
  throw DriverError.wrongDevice(
    "The device has no bulk-only mass storage interface; correct the device or the driver in the board file.",
  );
}

/** GET MAX LUN: BOT 3.2. A device with one unit may stall it. */
function readHighestLun(usb: UsbDevice, interfaceNumber: number): number {
  try {
    const [highest = 0] = usb.controlIn(
      { type: "class", recipient: "interface", request: GET_MAX_LUN, index: interfaceNumber },
      1,
    );
    return Math.min(highest, HIGHEST_LUN);
  } catch (error) {
    if (error instanceof UsbFault && error.code === "pipe") return 0;
    throw error;
  }
}

function checkLun(lun: number, highest: number): void {
  if (lun <= highest) return;
  throw DriverError.notFound(
    `The device has no unit ${lun}, only 0 to ${highest}; correct the setting "lun".`,
  );
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
