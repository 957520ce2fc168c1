import { AppDevice } from "../app-device.ts";
import type { Switch, SwitchInfo } from "./switch.ts";

/** What an app has of one: the resource of busbar:device/switch. */
export class SwitchResource extends AppDevice<Switch> {
  async info(): Promise<SwitchInfo> {
    return this.device.info;
  }

  isOn(): Promise<boolean> {
    return this.device.isOn();
  }

  set(on: boolean): Promise<void> {
    return this.device.set(on);
  }

  close(): Promise<void> {
    return this.closeQuietly();
  }
}
