/** Which serial port of its device a driver has. */

import {
  DriverError,
  parseConfiguration,
  type SerialPortInfo,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import { type AcmFunction, findAcmFunctions } from "./acm-function.ts";

/** How long the device may take to give its configuration descriptor once more. */
const OPTIONAL_TIMEOUT_MS = 500;

/**
 * From the configuration as bytes, with the class's own descriptors; where the device does not give all of them a
 * second time, from what the host keeps of it, which has no more than the interfaces.
 *
 * @throws DriverError `wrong-device` where it has no serial port
 */
export function findFunctions(device: UsbDevice): AcmFunction[] {
  const found = device.optional("reading the configuration descriptor", () => {
    const bytes = device.readConfiguration(OPTIONAL_TIMEOUT_MS);
    const functions = findAcmFunctions(parseConfiguration(bytes), device.descriptor);
    // Some devices claim more than they have, so that a part of it can be all.
    if (functions.length > 0 || bytes.length >= device.configuration.totalLength) return functions;
    throw DriverError.protocol("The device gave only a part of its configuration descriptor.");
  });
  const functions = found ?? findAcmFunctions(configurationOf(device), device.descriptor);
  if (functions.length > 0) return functions;
  throw DriverError.wrongDevice(
    "The device has no CDC-ACM serial port; correct the device or the driver in the board file.",
  );
}

function configurationOf({ configuration }: UsbDevice): Parameters<typeof findAcmFunctions>[0] {
  const interfaces = configuration.interfaces.map((each) => ({
    number: each.interfaceNumber,
    alternateSetting: each.alternateSetting,
    declaredEndpoints: each.endpoints.length,
    class: each.interfaceClass,
    subclass: each.interfaceSubclass,
    protocol: each.interfaceProtocol,
    stringIndex: 0,
    endpoints: each.endpoints.map(({ endpointAddress, attributes, maxPacketSize, interval }) => {
      return { address: endpointAddress & 0x8f, attributes, maxPacketSize, interval, extra: [] };
    }),
    extra: [],
  }));
  return { interfaces, associations: [] };
}

/**
 * Claims the interfaces of the first port that the board grants: one that it does not is another driver instance's.
 *
 * @throws UsbFault
 */
export function claimFirst(device: UsbDevice, functions: readonly AcmFunction[]): AcmFunction {
  let denied: UsbFault | undefined;
  for (const each of functions) {
    const claimed: number[] = [];
    try {
      for (const number of new Set([each.controlInterface, each.dataInterface])) {
        device.claim(number);
        claimed.push(number);
      }
      return each;
    } catch (error) {
      // A union can name an interface that the device lacks, or that the host does not know.
      if (!(error instanceof UsbFault && (error.code === "access" || error.code === "not-found")))
        throw error;
      denied ??= error;
      for (const number of claimed) device.release(number);
    }
  }
  throw denied!;
}

/** What the device is called. */
export function infoOf(device: UsbDevice): SerialPortInfo {
  const { vendorId, productId, manufacturerIndex, productIndex, serialNumberIndex } = device.descriptor;
  return {
    vendorId,
    productId,
    vendor: device.readString(manufacturerIndex),
    product: device.readString(productIndex),
    serialNumber: device.readString(serialNumberIndex),
  };
}
