import type { Board } from "@busbar/host";
import {
  currentConfiguration,
  type UsbConfigurationDescriptor,
  type UsbDevice,
  type UsbEndpointDescriptor,
  type UsbInterfaceDescriptor,
} from "@busbar/host/backend";
import { hexByte, hexWord } from "../output/units.ts";
import { bcdVersion, describeClassDescriptor } from "./class-descriptors.ts";
import { className } from "./class-names.ts";
import type { InstalledDriver } from "./installed-drivers.ts";
import { type FittingDriver, fittingDrivers, type Granted, grantsOf } from "./matching.ts";

/** A USB device as `busbar devices --json` has it. Its texts are the device's own. */
export interface ListedDevice {
  readonly bus: number;
  readonly address: number;
  /** The way through the hubs: "1-2.3"; null for a root hub. */
  readonly port: string | null;
  /** "low", "full", "high", "super", "super-plus", "super-plus-X2", "unknown". */
  readonly speed: string;
  readonly simulated: boolean;
  readonly vendorId: string;
  readonly productId: string;
  readonly class: string;
  readonly subclass: string;
  readonly protocol: string;
  /** What the class is called. */
  readonly name: string;
  readonly usbVersion: string;
  readonly deviceVersion: string;
  readonly maximumPacketBytes0: number;
  readonly manufacturer: string | null;
  readonly product: string | null;
  readonly serialNumber: string | null;
  /** The value of the chosen one, 0 for none. */
  readonly activeConfiguration: number;
  /** Null where the device's descriptor is malformed. */
  readonly configurations: readonly (ListedConfiguration | null)[];
  readonly drivers: readonly FittingDriver[];
  /** With a board. */
  readonly board?: readonly Granted[];
}

/** A configuration of a device. */
export interface ListedConfiguration {
  readonly value: number;
  readonly selfPowered: boolean;
  readonly remoteWakeup: boolean;
  readonly maximumMilliamperes: number;
  readonly interfaces: readonly ListedInterface[];
}

/** An alternate setting of an interface. */
export interface ListedInterface {
  readonly number: number;
  readonly alternateSetting: number;
  readonly class: string;
  readonly subclass: string;
  readonly protocol: string;
  readonly name: string;
  /** Who has it: the kernel's driver, "usbfs" for a program; null for nobody, and where the system does not tell. */
  readonly user: string | null;
  readonly endpoints: readonly ListedEndpoint[];
  /** What its class adds. */
  readonly descriptors: readonly ListedDescriptor[];
}

/** A descriptor that the standard does not define. */
export interface ListedDescriptor {
  readonly bytes: string;
  readonly means: string;
}

/** An endpoint of an interface. */
export interface ListedEndpoint {
  readonly address: string;
  readonly direction: "in" | "out";
  readonly type: "control" | "isochronous" | "bulk" | "interrupt";
  readonly maximumPacketBytes: number;
  /** How often it is asked; null for bulk and control. */
  readonly intervalMs: number | null;
}

/** bmAttributes, bits 1 and 0: USB 2.0 table 9-13. */
const endpointTypes = ["control", "isochronous", "bulk", "interrupt"] as const;

/** What to find out of a device. */
export interface ListOptions {
  readonly simulated: boolean;
  readonly installed: readonly InstalledDriver[];
  readonly board: Board | undefined;
}

/**
 * Describes a device that is plugged in.
 *
 * @throws UsbError where it leaves meanwhile
 */
export async function listDevice(
  device: UsbDevice,
  { simulated, installed, board }: ListOptions,
): Promise<ListedDevice> {
  const { descriptor, location, manufacturer = null, product = null, serialNumber = null } = device;
  const { deviceClass, deviceSubclass, deviceProtocol } = descriptor;
  const current = currentConfiguration(device);
  return {
    bus: location.busNumber,
    address: location.deviceAddress,
    port: location.port ?? null,
    speed: location.speed,
    simulated,
    vendorId: hexWord(descriptor.vendorId),
    productId: hexWord(descriptor.productId),
    class: hexByte(deviceClass),
    subclass: hexByte(deviceSubclass),
    protocol: hexByte(deviceProtocol),
    name: className(deviceClass, deviceSubclass, deviceProtocol),
    usbVersion: bcdVersion(descriptor.usbVersionBcd),
    deviceVersion: bcdVersion(descriptor.deviceVersionBcd),
    maximumPacketBytes0: descriptor.maxPacketSize0,
    manufacturer,
    product,
    serialNumber,
    activeConfiguration: device.activeConfiguration(),
    configurations: device.configurations.map((each) =>
      each === undefined ? null : listConfiguration(each, device, each === current),
    ),
    drivers: fittingDrivers(device, installed),
    ...(board !== undefined && { board: await grantsOf(device, board) }),
  };
}

function listConfiguration(
  { configurationValue, attributes, maxPower, interfaces }: UsbConfigurationDescriptor,
  device: UsbDevice,
  isCurrent: boolean,
): ListedConfiguration {
  return {
    value: configurationValue,
    // USB 2.0 table 9-10.
    selfPowered: (attributes & 0x40) !== 0,
    remoteWakeup: (attributes & 0x20) !== 0,
    // In steps of 2 mA, at SuperSpeed of 8 mA: USB 3.2 table 9-22.
    maximumMilliamperes: maxPower * (device.location.speed.startsWith("super") ? 8 : 2),
    interfaces: interfaces.map((setting) => listInterface(setting, device, isCurrent)),
  };
}

function listInterface(
  setting: UsbInterfaceDescriptor,
  device: UsbDevice,
  isCurrent: boolean,
): ListedInterface {
  const { interfaceNumber, alternateSetting, interfaceClass, interfaceSubclass, interfaceProtocol } = setting;
  return {
    number: interfaceNumber,
    alternateSetting,
    class: hexByte(interfaceClass),
    subclass: hexByte(interfaceSubclass),
    protocol: hexByte(interfaceProtocol),
    name: className(interfaceClass, interfaceSubclass, interfaceProtocol),
    user: (isCurrent && device.interfaceUser?.(interfaceNumber)) || null,
    endpoints: setting.endpoints.map((endpoint) => listEndpoint(endpoint, device)),
    descriptors: setting.extra.map((bytes) => ({
      bytes: Buffer.from(bytes).toString("hex"),
      means: describeClassDescriptor(interfaceClass, bytes),
    })),
  };
}

function listEndpoint(
  { endpointAddress, attributes, maxPacketSize, interval }: UsbEndpointDescriptor,
  device: UsbDevice,
): ListedEndpoint {
  const type = endpointTypes[attributes & 0x03]!;
  return {
    address: hexByte(endpointAddress),
    direction: (endpointAddress & 0x80) === 0 ? "out" : "in",
    type,
    // Bits 12 and 11 say how many packets come in a microframe: USB 2.0 table 9-13.
    maximumPacketBytes: maxPacketSize & 0x7ff,
    intervalMs: type === "bulk" || type === "control" ? null : intervalMs(type, interval, device),
  };
}

/** bInterval: USB 2.0 table 9-13. An exponent but for interrupts at low and full speed; those count milliseconds. */
function intervalMs(
  type: "isochronous" | "interrupt",
  interval: number,
  { location }: UsbDevice,
): number | null {
  const slow = location.speed === "low" || location.speed === "full";
  if (slow && type === "interrupt") return interval;
  if (interval < 1 || interval > 16 || location.speed === "unknown") return null;
  return 2 ** (interval - 1) * (slow ? 1 : 0.125);
}
