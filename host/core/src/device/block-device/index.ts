import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { BlockDeviceResource } from "./app.ts";
import { BlockDevice } from "./block-device.ts";

export type { BlockDevice };

/** Disks. `board.blockDevice(name)`. */
export const blockDevice: DeviceModule<BlockDevice, "blockDevice"> = {
  kind: "blockDevice",
  path: "busbar:device/block-device",
  version: "0.1.0",
  open: async ({ name, start }) => BlockDevice.open(name, await start()),
  app: appInterface(BlockDeviceResource),
};
