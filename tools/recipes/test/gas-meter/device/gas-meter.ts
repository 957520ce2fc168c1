import { requireAnswer } from "../answer.ts";
import { type DeviceLife, type GuestDevice, OpenedDevice, openGuest } from "../opened-device.ts";

/** The guest's resource. */
interface GuestGasMeter extends GuestDevice {
  volume(): Promise<number>;
}

/** An opened gas meter. */
export class GasMeter extends OpenedDevice<GuestGasMeter> {
  protected override readonly noun = "meter";

  /** Opens the meter of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<GasMeter> {
    return new GasMeter(await openGuest<GuestGasMeter>(name, instance));
  }

  /** What has flowed through so far, in cubic metres. @throws DeviceError */
  async volume(): Promise<number> {
    const volume = await this.call((device) => device.volume());
    requireAnswer(this.name, volume >= 0, () => `says that ${volume} cubic metres have flowed`);
    return volume;
  }
}
