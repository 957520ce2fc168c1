import type { BlockDevice, BlockDeviceInfo } from "../../device/block-device.ts";
import type { AppContext } from "../context.ts";
import { AppDevice } from "./app-device.ts";
import { opened } from "./opened.ts";

/** busbar:device/block-device for one app. */
export function appBlockDevices(context: AppContext) {
  return {
    Device: BlockDeviceResource,
    open: async (name: string) =>
      new BlockDeviceResource(context, await opened(context, name, () => context.devices.blockDevice(name))),
  };
}

class BlockDeviceResource extends AppDevice<BlockDevice> {
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
