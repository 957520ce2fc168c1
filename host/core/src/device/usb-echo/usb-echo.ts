import { requireAnswer, shortNames } from "../answer.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/usb-echo `pipe`: a pair of endpoints. */
export type UsbEchoPipe = "bulk" | "interrupt";

/** busbar:device/usb-echo `info`; texts are empty where the device gives none. */
export interface UsbEchoInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
  readonly pipes: readonly UsbEchoPipe[];
}

interface GuestUsbEcho extends GuestDevice {
  info(): Promise<UsbEchoInfo>;
  roundTrip(pipe: UsbEchoPipe, data: Uint8Array): Promise<Uint8Array>;
  run(pipe: UsbEchoPipe, length: number, count: number): Promise<void>;
}

/** An opened device that sends back what it is sent. */
export class UsbEcho extends OpenedDevice<GuestUsbEcho> {
  readonly info: UsbEchoInfo;
  protected override readonly noun = "device";

  private constructor(opened: OpenedGuest<GuestUsbEcho>, info: UsbEchoInfo) {
    super(opened);
    this.info = info;
  }

  /** Opens the device of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife): Promise<UsbEcho> {
    const opened = await openGuest<GuestUsbEcho>(name, instance);
    const info = await askOpened(opened, async () => {
      const told = shortNames(await instance.call(() => opened.device.info()));
      const isSet = told.pipes.length > 0 && new Set(told.pipes).size === told.pipes.length;
      requireAnswer(name, isSet, () => `lists ${told.pipes.length} pipes, of which each is to be one of two`);
      return told;
    });
    return new UsbEcho(opened, info);
  }

  /** Sends 1 to 65536 bytes and returns what comes back. @throws DeviceError */
  async roundTrip(pipe: UsbEchoPipe, data: Uint8Array): Promise<Uint8Array> {
    const back = await this.call((guest) => guest.roundTrip(pipe, data));
    requireAnswer(this.name, back.length === data.length, () => {
      return `gives ${back.length} bytes where ${data.length} were sent`;
    });
    return back;
  }

  /** `count` round trips of `length` bytes, checked in the driver. @throws DeviceError */
  run(pipe: UsbEchoPipe, length: number, count: number): Promise<void> {
    return this.call((guest) => guest.run(pipe, length, count));
  }
}
