import { shortName } from "../answer.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/switch `info`. */
export interface SwitchInfo {
  /** The maker; empty where nobody knows. */
  readonly vendor: string;
  /** The part: "relay". */
  readonly model: string;
}

/** The guest's resource. */
interface GuestSwitch extends GuestDevice {
  info(): Promise<SwitchInfo>;
  isOn(): Promise<boolean>;
  set(on: boolean): Promise<void>;
}

/** An opened switch: a relay, a lamp, a valve. All methods throw DeviceError. Closing it leaves it as its driver's README says, usually off. */
export class Switch extends OpenedDevice<GuestSwitch> {
  readonly info: SwitchInfo;
  protected override readonly noun = "switch";

  private constructor(opened: OpenedGuest<GuestSwitch>, info: SwitchInfo) {
    super(opened);
    this.info = info;
  }

  /** Opens the switch of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<Switch> {
    const opened = await openGuest<GuestSwitch>(name, instance);
    const info = await askOpened(opened, async () => {
      const { vendor, model } = await instance.call(() => opened.device.info());
      return { vendor: shortName(vendor), model: shortName(model) };
    });
    return new Switch(opened, info);
  }

  /** Whether it is on: what it was set to, unless the part can tell. */
  isOn(): Promise<boolean> {
    return this.call((device) => device.isOn());
  }

  /** Switches it. */
  async set(on: boolean): Promise<void> {
    await this.call((device) => device.set(on));
  }
}
