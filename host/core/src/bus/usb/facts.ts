import { hex4 } from "../../hex.ts";
import type { UsbDevice } from "./backend.ts";
import type { UsbConfigurationDescriptor } from "./descriptors.ts";
import { UsbError } from "./error.ts";
import type { UsbFacts, UsbInterfaceFacts } from "./judge.ts";
import { hidClass, usesFido } from "./security-keys.ts";

/** Gives the report descriptor of an interface; undefined where the platform keeps security keys away by itself. */
export type ReadReport = (interfaceNumber: number) => Promise<Uint8Array | undefined>;

const noInterfaces: ReadonlySet<number> = new Set();

/** The chosen configuration; the first one where none is chosen; undefined where the device has none that is readable. */
export function currentConfiguration(device: UsbDevice): UsbConfigurationDescriptor | undefined {
  const active = device.activeConfiguration();
  return active === 0
    ? device.configurations.find((each) => each !== undefined)
    : device.configurations.find((each) => each?.configurationValue === active);
}

/**
 * What the grants need to know of a device.
 *
 * @param fido the HID interfaces that are known to be a security key's
 */
export function factsOf(device: UsbDevice, fido: ReadonlySet<number> = noInterfaces): UsbFacts {
  const { vendorId, productId, deviceClass } = device.descriptor;
  const interfaces = new Map<number, UsbInterfaceFacts & { classes: number[]; endpoints: number[] }>();
  for (const setting of currentConfiguration(device)?.interfaces ?? []) {
    const number = setting.interfaceNumber;
    let facts = interfaces.get(number);
    if (facts === undefined) {
      facts = { number, classes: [], endpoints: [], fido: fido.has(number) };
      interfaces.set(number, facts);
    }
    facts.classes.push(setting.interfaceClass);
    for (const { endpointAddress } of setting.endpoints) facts.endpoints.push(endpointAddress);
  }
  return {
    vendorId,
    productId,
    deviceClass,
    serialNumber: device.serialNumber,
    port: device.location.port,
    interfaces: [...interfaces.values()],
  };
}

/**
 * Which of some interfaces are a security key's: the HID interfaces whose report descriptor says FIDO, and those whose
 * report descriptor nobody can read, because it may say anything. Where the operating system does not keep it, reading
 * it opens the device and claims the interface for that time.
 *
 * @param numbers of the interfaces
 * @param read the device's own by default
 * @throws BackendError where the operating system refuses to open the device
 */
export async function fidoInterfaces(
  device: UsbDevice,
  { interfaces }: UsbFacts,
  numbers: readonly number[],
  read: ReadReport = (interfaceNumber) => device.reportDescriptor(interfaceNumber),
): Promise<ReadonlySet<number>> {
  const fido = new Set<number>();
  for (const { number, classes } of interfaces) {
    if (numbers.includes(number) && classes.includes(hidClass) && (await isFido(read, number))) {
      fido.add(number);
    }
  }
  return fido;
}

/** The HID interfaces, of which nothing is known before they are asked. */
export function hidInterfaces({ interfaces }: UsbFacts): ReadonlySet<number> {
  return new Set(interfaces.filter(({ classes }) => classes.includes(hidClass)).map(({ number }) => number));
}

async function isFido(read: ReadReport, interfaceNumber: number): Promise<boolean> {
  try {
    const descriptor = await read(interfaceNumber);
    return descriptor !== undefined && usesFido(descriptor);
  } catch (error) {
    if (error instanceof UsbError) return true;
    throw error;
  }
}

/** A device as people name it: "0x2341:0x0043 on port 1-2.3". */
export function describeDevice(device: UsbDevice): string {
  const { vendorId, productId } = device.descriptor;
  const { busNumber, deviceAddress, port } = device.location;
  return `${hex4(vendorId)}:${hex4(productId)} ${port === undefined ? `at ${busNumber}.${deviceAddress}` : `on port ${port}`}`;
}
