import type { Camera, CameraFrame, CameraInfo, CameraMode } from "../../device/camera.ts";
import type { AppContext } from "../context.ts";
import { AppDevice } from "./app-device.ts";
import { closeQuietly, opened } from "./opened.ts";

/** busbar:device/camera for one app. */
export function appCameras(context: AppContext) {
  return {
    Device: CameraResource,
    open: async (name: string) =>
      new CameraResource(context, await opened(context, name, () => context.devices.camera(name))),
  };
}

class CameraResource extends AppDevice<Camera> {
  async info(): Promise<CameraInfo> {
    return this.device.info;
  }

  async modes(): Promise<readonly CameraMode[]> {
    return this.device.modes;
  }

  start(mode: number): Promise<void> {
    return this.device.start(mode);
  }

  nextFrame(timeoutMs: number): Promise<CameraFrame | undefined> {
    return this.device.nextFrame({ timeoutMs, signal: this.signal });
  }

  stop(): Promise<void> {
    return this.device.stop();
  }

  close(): Promise<void> {
    return closeQuietly(this.device);
  }
}
