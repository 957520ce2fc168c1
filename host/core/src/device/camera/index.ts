import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { CameraResource } from "./app.ts";
import { Camera } from "./camera.ts";

export type { Camera };

/** Cameras. `board.camera(name)`. */
export const camera: DeviceModule<Camera, "camera"> = {
  kind: "camera",
  path: "busbar:device/camera",
  version: "0.1.0",
  open: async ({ name, clock, start }) => Camera.open(name, await start(), clock),
  app: appInterface(CameraResource),
};
