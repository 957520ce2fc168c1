import { AppDevice } from "../app-device.ts";
import type { Camera, CameraFrame, CameraInfo, CameraMode } from "./camera.ts";

/** What an app has of one: the resource of busbar:device/camera. */
export class CameraResource extends AppDevice<Camera> {
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
    return this.closeQuietly();
  }
}
