/** Disks, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { type Device, open } from "busbar:device/block-device@0.1.0";
import type { BlockDeviceInfo } from "../block-device-export.ts";
import { fromU64, toU64 } from "../u64.ts";
import { called } from "./called.ts";

/** A disk, whatever is behind it. All methods throw DriverError; after `disconnected`, open it again. */
export interface AppBlockDevice {
  /** Which medium this is now. */
  info(): BlockDeviceInfo;
  /** Reads whole blocks, 1 to `maximumTransferBlocks` of them. */
  read(firstBlock: number, count: number): Uint8Array;
  /** Writes whole blocks, as many as `read`. */
  write(firstBlock: number, data: Uint8Array): void;
  /** Returns when everything that was written is on the medium. */
  flush(): void;
  /** Flushes and gives it back. */
  close(): void;
}

/**
 * Opens the disk that the board wires to `name`.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openBlockDevice(name: string): AppBlockDevice {
  const device: Device = called(() => open(name));
  return {
    info() {
      const info = called(() => device.info());
      return { ...info, blockCount: fromU64(info.blockCount) };
    },
    read: (firstBlock, count) => called(() => device.read(toU64(firstBlock), count)),
    write: (firstBlock, data) => called(() => device.write(toU64(firstBlock), data)),
    flush: () => called(() => device.flush()),
    close: () => called(() => device.close()),
  };
}
