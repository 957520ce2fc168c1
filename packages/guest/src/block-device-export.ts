/** From a driver class to the WIT export busbar:device/block-device. What the component imports is a parameter here. */

import { type Board, type DriverDefinition, OpenedDevice, openDriver } from "./driver.ts";
import { DriverError, exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import { fromU64, toU64 } from "./u64.ts";
import type { BlockDeviceInfo as WitBlockDeviceInfo } from "./wit.ts";

/** WIT `info`, with the number of blocks as a number. */
export type BlockDeviceInfo = Omit<WitBlockDeviceInfo, "blockCount"> & {
  /** One more than the number of the last block, at most 2^53 - 1. */
  readonly blockCount: number;
};

/** What a disk's driver class is. All its methods throw DriverError, and check their arguments first. */
export interface BlockDeviceDriver {
  /** Which medium this is now. */
  info(): BlockDeviceInfo;
  /** Reads `count` whole blocks. */
  read(firstBlock: number, count: number): Uint8Array;
  /** Writes whole blocks. */
  write(firstBlock: number, data: Uint8Array): void;
  /** Returns when everything that was written is on the medium. */
  flush(): void;
  /** Flushes and gives the disk back, even where the flush fails and throws. Closing twice is legal. */
  close(): void;
}

/** What a disk's driver package says about itself. */
export type BlockDeviceDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  BlockDeviceDriver,
  Given
>;

/** The WIT resource `device`. Every method throws the WIT error. */
export interface ExportedBlockDevice extends Disposable {
  /** WIT `info`. */
  info(): WitBlockDeviceInfo;
  /** WIT `read`. */
  read(firstBlock: bigint | number, count: number): Uint8Array;
  /** WIT `write`. */
  write(firstBlock: bigint | number, data: Uint8Array): void;
  /** WIT `flush`. */
  flush(): void;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `blockDevice`. */
export interface BlockDeviceExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedBlockDevice;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function blockDeviceOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: BlockDeviceDefinition<Table, Given>,
): BlockDeviceExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** An opened disk. `>>> 0`: a u32 of 2^31 and more arrives negative in a QuickJS guest. */
class Device extends OpenedDevice<BlockDeviceDriver> implements ExportedBlockDevice {
  info(): WitBlockDeviceInfo {
    return this.run((driver) => {
      const info = driver.info();
      return { ...info, blockCount: toU64(info.blockCount) };
    });
  }

  read(firstBlock: bigint | number, count: number): Uint8Array {
    return this.run((driver) => driver.read(blockNumber(firstBlock), count >>> 0));
  }

  write(firstBlock: bigint | number, data: Uint8Array): void {
    this.run((driver) => driver.write(blockNumber(firstBlock), data));
  }

  flush(): void {
    this.run((driver) => driver.flush());
  }

  /** Unlike other devices', a disk's `close` can fail: what was written last may not be on the medium. */
  override close(): void {
    exported(() => super.close());
  }
}

function blockNumber(value: bigint | number): number {
  try {
    return fromU64(value);
  } catch (cause) {
    throw DriverError.invalidArgument(`There is no block ${value}.`, { cause });
  }
}
