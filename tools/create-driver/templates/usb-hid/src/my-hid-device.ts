/**
 * MyHidDevice: a gamepad of the class HID that sends nothing until it is told to. @busbar/hid does what the class says;
 * here is what this device needs besides. FILL IN: maker, part, and where its reports are described.
 */

import { completeOptions, DriverError, hex, type OptionsOf, oneOf, type UsbDevice } from "@busbar/guest";
import { type Clock, Hid, hidOptions } from "@busbar/hid";
import { DEVICE, MODE_REPORT, Mode } from "./reports.ts";

/** The options, their defaults, and the settings of a board file: those of every HID device, and this one's. */
export const myHidDeviceOptions = {
  ...hidOptions,
  /** How bright its light is. */
  light: oneOf(["bright", "dim"], "bright"),
};

/** What can be set; see `myHidDeviceOptions`. */
export type MyHidDeviceOptions = OptionsOf<typeof myHidDeviceOptions>;

/** The driver of one MyHidDevice. Every method throws DriverError. */
export class MyHidDevice extends Hid {
  /**
   * Checks that the device is the right one, opens it as its class says, and lets it report.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`; and all that Hid throws
   */
  constructor(usb: UsbDevice, clock: Clock, options: Partial<MyHidDeviceOptions> = {}) {
    const { light, idleMs } = completeOptions(myHidDeviceOptions, options);
    refuseOthers(usb);
    super(usb, clock, { idleMs });
    try {
      this.#setMode(light === "dim" ? Mode.REPORTING_DIMMED : Mode.REPORTING);
    } catch (error) {
      super.close();
      throw error;
    }
  }

  /** Silences the device if it still answers, and gives it back. Closing twice is legal. */
  override close(): void {
    try {
      this.#setMode(Mode.SILENT);
    } catch (error) {
      // A device that is gone, or was closed before, says nothing.
      if (!(error instanceof DriverError)) throw error;
    } finally {
      super.close();
    }
  }

  #setMode(mode: number): void {
    this.sendRaw("feature", { id: MODE_REPORT, data: Uint8Array.of(mode) });
  }
}

/** @throws DriverError `wrong-device` */
function refuseOthers({ descriptor: { vendorId, productId } }: UsbDevice): void {
  if (vendorId === DEVICE.vendorId && productId === DEVICE.productId) return;
  throw DriverError.wrongDevice(
    `Expected a MyHidDevice, but the device is ${hex(vendorId, 4)}:${hex(productId, 4)}; correct the device or the ` +
      "driver in the board file.",
  );
}
