import type { UsbSpeed } from "@busbar/host/backend";
import type { NativeDevice } from "./module.ts";
import type { UsbSystem } from "./system.ts";

/** Documentation/ABI/testing/sysfs-bus-usb: `speed`, in Mbit/s. */
const SPEEDS: Readonly<Record<string, UsbSpeed>> = {
  "1.5": "low",
  "12": "full",
  "480": "high",
  "5000": "super",
  "10000": "super-plus",
  "20000": "super-plus-X2",
};

/** The way through the hubs: "1-2.3"; undefined for a root hub, and where the platform does not tell. */
export function portOf({ busNumber, portNumbers = [] }: NativeDevice): string | undefined {
  return portNumbers.length === 0 ? undefined : `${busNumber}-${portNumbers.join(".")}`;
}

/** What Linux knows of a device without anybody opening it. */
export class SysfsDevice {
  readonly #system: UsbSystem;
  readonly #folder: string;
  readonly #port: string;

  constructor(device: NativeDevice, system: UsbSystem) {
    this.#system = system;
    this.#port = portOf(device) ?? `usb${device.busNumber}`;
    this.#folder = `/sys/bus/usb/devices/${this.#port}`;
  }

  /** A text attribute: "serial", "product", "manufacturer". */
  text(attribute: string): string | undefined {
    const text = this.#system.files.read(`${this.#folder}/${attribute}`)?.replace(/\n$/, "");
    return text === "" ? undefined : text;
  }

  /** How fast it signals. */
  get speed(): UsbSpeed {
    return SPEEDS[this.text("speed") ?? ""] ?? "unknown";
  }

  /** The kernel driver of an interface, "usbhid"; "usbfs" is another program that uses libusb. */
  driver(configuration: number, interfaceNumber: number): string | undefined {
    const link = this.#system.files.link(`${this.#interface(configuration, interfaceNumber)}/driver`);
    return link?.split("/").pop();
  }

  /** The report descriptor that usbhid has read; undefined where it does not have the interface. */
  reportDescriptor(configuration: number, interfaceNumber: number): Uint8Array | undefined {
    const folder = this.#interface(configuration, interfaceNumber);
    // Named by bus type, ids and a number: "0003:046D:C31C.0002".
    const hid = this.#system.files.list(folder)?.find((name) => /^0003:[0-9A-F]{4}:[0-9A-F]{4}\./.test(name));
    return hid === undefined ? undefined : this.#system.readBytes(`${folder}/${hid}/report_descriptor`);
  }

  #interface(configuration: number, interfaceNumber: number): string {
    return `${this.#folder}/${this.#port}:${configuration}.${interfaceNumber}`;
  }
}

/** The device file that libusb opens. */
export function deviceFile({ busNumber, deviceAddress }: NativeDevice): string {
  const digits = (value: number) => String(value).padStart(3, "0");
  return `/dev/bus/usb/${digits(busNumber)}/${digits(deviceAddress)}`;
}
