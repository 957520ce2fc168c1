import { isWhole, requireAnswer, shortName } from "../answer.ts";
import { DeviceError } from "../error.ts";
import {
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/block-device `info`. */
export interface BlockDeviceInfo {
  /** As the device says it; likewise `product` and `revision`. */
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
  /** Bytes of a block. */
  readonly blockSize: number;
  /** One more than the number of the last block. */
  readonly blockCount: number;
  /** Whether the medium is write-protected. */
  readonly readOnly: boolean;
  /** Whether the medium can be taken out. */
  readonly removable: boolean;
  /** The most blocks of one `read` or `write`. */
  readonly maximumTransferBlocks: number;
}

/** In bytes; more than any disk has in one. */
const largestBlock = 16 * 1024 * 1024;

/** The guest's resource. */
interface GuestBlockDevice extends GuestDevice {
  info(): Promise<Omit<BlockDeviceInfo, "blockCount"> & { blockCount: bigint }>;
  read(firstBlock: bigint, count: number): Promise<Uint8Array>;
  write(firstBlock: bigint, data: Uint8Array): Promise<void>;
  flush(): Promise<void>;
}

/**
 * An opened disk. All methods throw DeviceError: `not-found` without a medium; `disconnected` once when the medium was
 * changed, after which `info` tells of the new one. Closing it flushes it.
 */
export class BlockDevice extends OpenedDevice<GuestBlockDevice> {
  protected override readonly noun = "disk";

  private constructor(opened: OpenedGuest<GuestBlockDevice>) {
    super(opened);
  }

  /**
   * Opens the disk of a running instance.
   *
   * @throws DeviceError
   */
  static async open(name: string, instance: DeviceLife): Promise<BlockDevice> {
    return new BlockDevice(await openGuest<GuestBlockDevice>(name, instance));
  }

  /** Which medium this is now. */
  async info(): Promise<BlockDeviceInfo> {
    const info = await this.call((device) => device.info());
    const { blockSize, maximumTransferBlocks } = info;
    const blockCount = Number(info.blockCount);
    requireAnswer(this.name, isWhole(blockSize, 1, largestBlock), () => {
      return `says that a block has ${blockSize} bytes, and one has 1 to ${largestBlock}`;
    });
    requireAnswer(this.name, Number.isSafeInteger(blockCount * blockSize), () => {
      return `says that there are ${info.blockCount} blocks, which no disk has`;
    });
    requireAnswer(this.name, maximumTransferBlocks > 0, () => "says that no block can be read or written");
    const [vendor, product, revision] = [info.vendor, info.product, info.revision].map(shortName);
    return { ...info, vendor: vendor!, product: product!, revision: revision!, blockCount };
  }

  /**
   * Reads whole blocks.
   *
   * @param count 1 to `maximumTransferBlocks`
   */
  async read(firstBlock: number, count: number): Promise<Uint8Array> {
    const first = this.#block(firstBlock);
    if (!Number.isInteger(count) || count < 0 || count > 0xffff_ffff) {
      const val = `the count is ${count}, but must be a whole number`;
      throw new DeviceError(this.name, { tag: "invalid-argument", val });
    }
    const bytes = await this.call((device) => device.read(first, count));
    const isBlocks = count === 0 ? bytes.length === 0 : bytes.length > 0 && bytes.length % count === 0;
    requireAnswer(this.name, isBlocks, () => `gives ${bytes.length} bytes for ${count} blocks`);
    return bytes;
  }

  /**
   * Writes whole blocks.
   *
   * @param data 1 to `maximumTransferBlocks` times `blockSize` bytes
   */
  async write(firstBlock: number, data: Uint8Array): Promise<void> {
    const first = this.#block(firstBlock);
    await this.call((device) => device.write(first, data));
  }

  /** Returns when everything that was written is on the medium. */
  async flush(): Promise<void> {
    await this.call((device) => device.flush());
  }

  #block(number: number): bigint {
    if (Number.isSafeInteger(number) && number >= 0) return BigInt(number);
    const val = `the block is ${number}, but must be a whole number from 0 on`;
    throw new DeviceError(this.name, { tag: "invalid-argument", val });
  }
}
