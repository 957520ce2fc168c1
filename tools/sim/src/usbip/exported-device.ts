import type { UsbDevice, UsbSpeed } from "@busbar/model";
import { summarizeConfiguration } from "./descriptors.ts";
import type { ExportedDevice } from "./protocol.ts";

/** `enum usb_device_speed` of include/uapi/linux/usb/ch9.h. */
const SPEEDS: Record<UsbSpeed, number> = { low: 1, full: 2, high: 3, super: 5 };

/** The bus that the server's devices sit on: each has a port of its own, numbered from 1. */
const BUS_NUMBER = 1;

/** A device that a server offers, and who uses it. */
export class DeviceExport {
  readonly device: UsbDevice;
  /** What OP_REP_DEVLIST and OP_REP_IMPORT say about it. */
  readonly description: ExportedDevice;
  /** Ends the connection that has imported the device; undefined while nobody has. */
  release: (() => void) | undefined;

  /** @param port from 1 */
  constructor(device: UsbDevice, port: number) {
    this.device = device;
    this.description = describe(device, port);
  }
}

/** Reads the summary off the descriptors; a field that they are too short for is 0. */
function describe(device: UsbDevice, port: number): ExportedDevice {
  const descriptor = new DataView(new ArrayBuffer(18));
  new Uint8Array(descriptor.buffer).set(device.descriptors.device.subarray(0, 18));
  const configuration = device.descriptors.configurations
    .map(summarizeConfiguration)
    .find((entry) => entry !== undefined);
  const interfaces = (configuration?.interfaces ?? []).filter((entry) => entry.bAlternateSetting === 0);
  const busid = `${BUS_NUMBER}-${port}`;
  return {
    path: `/sys/devices/busbar/usb${BUS_NUMBER}/${busid}`,
    busid,
    busnum: BUS_NUMBER,
    devnum: port + 1, // 1 is the hub
    speed: SPEEDS[device.speed],
    idVendor: descriptor.getUint16(8, true),
    idProduct: descriptor.getUint16(10, true),
    bcdDevice: descriptor.getUint16(12, true),
    bDeviceClass: descriptor.getUint8(4),
    bDeviceSubClass: descriptor.getUint8(5),
    bDeviceProtocol: descriptor.getUint8(6),
    bConfigurationValue: configuration?.bConfigurationValue ?? 0,
    bNumConfigurations: descriptor.getUint8(17),
    interfaces: interfaces.slice(0, 255),
  };
}
