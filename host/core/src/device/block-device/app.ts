import { AppDevice } from "../app-device.ts";
import type { BlockDevice, BlockDeviceInfo } from "./block-device.ts";

/** What an app has of one: the resource of busbar:device/block-device. */
export class BlockDeviceResource extends AppDevice<BlockDevice> {
  async info(): Promise<Omit<BlockDeviceInfo, "blockCount"> & { blockCount: bigint }> {
    const info = await this.device.info();
    return { ...info, blockCount: BigInt(info.blockCount) };
  }

  /** A number past 2^53 is no block of any disk, and refused as such. */
  read(firstBlock: bigint, count: number): Promise<Uint8Array> {
    return this.device.read(Number(firstBlock), count);
  }

  write(firstBlock: bigint, data: Uint8Array): Promise<void> {
    return this.device.write(Number(firstBlock), data);
  }

  flush(): Promise<void> {
    return this.device.flush();
  }

  async close(): Promise<void> {
    await this.device[Symbol.asyncDispose]();
  }
}
