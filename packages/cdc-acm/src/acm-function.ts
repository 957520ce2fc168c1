/**
 * Finds the serial ports of a device: which interfaces and endpoints belong together. Where a device does not say so as
 * CDC 1.2 asks for, this guesses as Linux's cdc-acm does, which most devices were tried with.
 */

import type { ConfigurationBytes, InterfaceBytes } from "@busbar/guest";
import { type AcmCapabilities, CS_INTERFACE, parseFunctionalDescriptors } from "./descriptors.ts";

/** bInterfaceClass, bInterfaceSubClass: CDC 1.2 tables 2 and 6, PSTN 1.2 table 1. */
const COMMUNICATIONS_CLASS = 0x02;
const DATA_CLASS = 0x0a;
const ABSTRACT_CONTROL_MODEL = 0x02;
/** bInterfaceProtocol 0xFF: a protocol of the vendor's own, such as RNDIS; the others are AT command sets or none. */
const VENDOR_PROTOCOL = 0xff;

/** An endpoint of a serial port. */
export interface AcmEndpoint {
  /** Direction bit included. */
  readonly address: number;
  readonly type: "bulk" | "interrupt";
  /** Bytes of a packet: wMaxPacketSize, bits 10 to 0; at least 1. */
  readonly packetBytes: number;
}

/** A serial port of a device. */
export interface AcmFunction {
  /** Gets the class's requests. */
  readonly controlInterface: number;
  /** Has the data; the same as the control interface in some devices. */
  readonly dataInterface: number;
  /** The setting of the data interface that has its endpoints. */
  readonly dataAlternateSetting: number;
  /** Where the serial state comes from. */
  readonly notifications: AcmEndpoint | undefined;
  readonly input: AcmEndpoint;
  readonly output: AcmEndpoint;
  /** What the device says that it can do; `undefined` where it does not say. */
  readonly capabilities: AcmCapabilities | undefined;
}

/**
 * The serial ports of a configuration, in its order. Interfaces that look like one but lack endpoints are left out.
 *
 * @throws CdcError `functional-descriptor`
 */
export function findAcmFunctions({ interfaces }: ConfigurationBytes): AcmFunction[] {
  return interfaces.filter(isControl).flatMap((control) => functionOf(control, interfaces) ?? []);
}

function isControl(setting: InterfaceBytes): boolean {
  return (
    setting.class === COMMUNICATIONS_CLASS &&
    setting.subclass === ABSTRACT_CONTROL_MODEL &&
    setting.protocol !== VENDOR_PROTOCOL &&
    setting.alternateSetting === 0
  );
}

function functionOf(control: InterfaceBytes, interfaces: readonly InterfaceBytes[]): AcmFunction | undefined {
  const { union, callManagement, acm: capabilities } = parseFunctionalDescriptors(extraOf(control));
  if (union === undefined) {
    const dataInterface = callManagement?.dataInterface ?? 0;
    const isCollapsed = control.endpoints.length === 3 || dataInterface === 0;
    return isCollapsed
      ? collapsed(control, capabilities)
      : separate(control, interfaces.filter(numbered(dataInterface)), capabilities);
  }
  const controller = interfaces.find(numbered(union.controlInterface));
  if (controller?.class !== COMMUNICATIONS_CLASS && controller?.class !== DATA_CLASS) {
    return collapsed(control, capabilities);
  }
  // Some devices name the two the wrong way round, so their classes count and not their places.
  const numbers = [union.controlInterface, ...union.subordinateInterfaces];
  if (!numbers.includes(control.number)) return undefined;
  const others = numbers.filter((number) => number !== control.number);
  if (others.length === 0) return collapsed(control, capabilities);
  const settings = others.flatMap((number) => interfaces.filter(numbered(number)));
  return separate(control, settings, capabilities);
}

/** Control and data in two interfaces. */
function separate(
  control: InterfaceBytes,
  settings: readonly InterfaceBytes[],
  capabilities: AcmCapabilities | undefined,
): AcmFunction | undefined {
  for (const data of settings.filter((each) => each.class === DATA_CLASS)) {
    const input = endpointsOf(data).find(isInput);
    const output = endpointsOf(data).find(isOutput);
    if (input === undefined || output === undefined) continue;
    return {
      controlInterface: control.number,
      dataInterface: data.number,
      dataAlternateSetting: data.alternateSetting,
      notifications: endpointsOf(control).find(isNotification),
      input,
      output,
      capabilities,
    };
  }
  return undefined;
}

/** All three endpoints in one interface: "broken devices designed for Windows", and such without a union descriptor. */
function collapsed(
  control: InterfaceBytes,
  capabilities: AcmCapabilities | undefined,
): AcmFunction | undefined {
  const endpoints = endpointsOf(control);
  const input = endpoints.find((each) => isInput(each) && each.type === "bulk");
  const output = endpoints.find((each) => isOutput(each) && each.type === "bulk");
  const notifications = endpoints.find(isNotification);
  if (input === undefined || output === undefined || notifications === undefined) return undefined;
  return {
    controlInterface: control.number,
    dataInterface: control.number,
    dataAlternateSetting: 0,
    notifications,
    input,
    output,
    capabilities,
  };
}

/** Some devices put the functional descriptors after the endpoint instead of before it. */
function extraOf({ extra, endpoints }: InterfaceBytes): readonly Uint8Array[] {
  return extra.some((each) => each[1] === CS_INTERFACE) ? extra : (endpoints[0]?.extra ?? []);
}

function numbered(number: number): (setting: InterfaceBytes) => boolean {
  return (setting) => setting.number === number;
}

/** The bulk and interrupt endpoints. bmAttributes, bits 1 to 0, and wMaxPacketSize: USB 2.0 table 9-13. */
function endpointsOf({ endpoints }: InterfaceBytes): AcmEndpoint[] {
  return endpoints.flatMap(({ address, attributes, maxPacketSize }) => {
    const type = ([undefined, undefined, "bulk", "interrupt"] as const)[attributes & 0x03];
    return type === undefined ? [] : [{ address, type, packetBytes: Math.max(maxPacketSize & 0x7ff, 1) }];
  });
}

function isInput({ address }: AcmEndpoint): boolean {
  return (address & 0x80) !== 0;
}

function isOutput(endpoint: AcmEndpoint): boolean {
  return !isInput(endpoint);
}

function isNotification(endpoint: AcmEndpoint): boolean {
  return isInput(endpoint) && endpoint.type === "interrupt";
}
