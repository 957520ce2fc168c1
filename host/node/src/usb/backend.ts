import type { UsbBackend, UsbDevice, UsbHotplugEvent } from "@busbar/host/backend";
import { RemediedError } from "../linux/remedies.ts";
import type { LockOwner } from "../locks/record.ts";
import { LibusbDevice } from "./device.ts";
import type { NativeDevice } from "./module.ts";
import { recoverKernelDrivers } from "./recover.ts";
import { missingDeviceFiles } from "./remedies.ts";
import { thisUsbSystem, type UsbSystem } from "./system.ts";

/**
 * The USB devices of this machine, through libusb (the npm package usb). Arrivals and departures come from the kernel; on
 * Linux, arrivals need udevd.
 *
 * Importing and calling this does no I/O. Native code is loaded when the devices are asked for.
 */
export function libusb(options: LockOwner = {}): UsbBackend {
  return createLibusb(thisUsbSystem, options);
}

/** {@link libusb} on another machine than this one: a test's. */
export function createLibusb(system: UsbSystem, owner: LockOwner = {}): UsbBackend {
  return new LibusbBackend(system, owner);
}

class LibusbBackend implements UsbBackend {
  readonly name = "libusb";
  readonly #system: UsbSystem;
  readonly #owner: LockOwner;
  #recovered = false;
  /** By bus and address: the package makes a new object for a device now and then, and we must not. */
  readonly #devices = new Map<string, LibusbDevice>();

  constructor(system: UsbSystem, owner: LockOwner) {
    this.#system = system;
    this.#owner = owner;
  }

  async devices(): Promise<readonly UsbDevice[]> {
    const { platform, files } = this.#system;
    const usb = this.#system.usb();
    // libusb then lists nothing, as if nothing were plugged in.
    const missing = platform === "linux" ? missingDeviceFiles(files) : undefined;
    if (missing !== undefined) throw new RemediedError(missing);
    const listed = usb.getDeviceList();
    const present = new Set(listed.map(keyOf));
    for (const key of this.#devices.keys()) if (!present.has(key)) this.#devices.delete(key);
    const known: LibusbDevice[] = [];
    for (const native of listed) known.push(await this.#find(native));
    if (!this.#recovered) recoverKernelDrivers(known, this.#system);
    this.#recovered = true;
    return known;
  }

  watch(listener: (event: UsbHotplugEvent) => void): Disposable {
    const usb = this.#system.usb();
    let watching = true;
    const attach = (native: NativeDevice) => {
      this.#find(native).then(
        (device) => {
          // It may have left again while its strings were read.
          if (watching && this.#devices.get(keyOf(native)) === device) listener({ event: "arrived", device });
        },
        // It left while it was looked at.
        () => undefined,
      );
    };
    const detach = (native: NativeDevice) => {
      const device = this.#devices.get(keyOf(native));
      this.#devices.delete(keyOf(native));
      if (device !== undefined) listener({ event: "left", device });
    };
    usb.on("attach", attach);
    usb.on("detach", detach);
    return {
      [Symbol.dispose]: () => {
        watching = false;
        usb.off("attach", attach);
        usb.off("detach", detach);
      },
    };
  }

  async #find(native: NativeDevice): Promise<LibusbDevice> {
    const key = keyOf(native);
    let device = this.#devices.get(key);
    if (device === undefined) {
      device = new LibusbDevice(this.#system.usb(), native, this.#system, this.#owner);
      this.#devices.set(key, device);
      await device.readStrings();
    }
    return device;
  }
}

function keyOf({ busNumber, deviceAddress }: NativeDevice): string {
  return `${busNumber}.${deviceAddress}`;
}
