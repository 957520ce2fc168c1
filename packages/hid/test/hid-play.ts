/** Devices for `UsbPlayback`, and what the driver does with them until it is open. */

import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import { BOOT_KEYBOARD_DESCRIPTOR } from "../src/index.ts";
import { bytes } from "./support.ts";

/** How many transfers the driver keeps waiting. */
export const QUEUE = 8;
export const clock = { nowMs: () => 0 };

export interface Model {
  readonly reportDescriptor: Uint8Array;
  readonly subclass: number;
  readonly protocol: number;
  readonly hasOut: boolean;
  readonly countryCode: number;
}

export const keyboard: Model = {
  reportDescriptor: BOOT_KEYBOARD_DESCRIPTOR,
  subclass: 1,
  protocol: 1,
  hasOut: false,
  countryCode: 0x0d,
};
/** Report 1: X and Y, -127 to 127, and a hat switch; report 2: an output byte; report 3: a feature of four bytes. */
export const gamepad: Model = {
  reportDescriptor: bytes(`05 01 09 05 A1 01 85 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 02
    09 39 15 00 25 07 75 04 95 01 81 42 75 04 81 03
    85 02 06 00 FF 09 01 15 00 26 FF 00 75 08 95 01 91 02
    85 03 09 02 95 04 B1 02 C0`),
  subclass: 0,
  protocol: 0,
  hasOut: true,
  countryCode: 0,
};

/** The HID interface is number 1; interface 0 is another class's. */
function configurationOf({ subclass, protocol, hasOut, countryCode, reportDescriptor }: Model): number[] {
  const length = reportDescriptor.length;
  const rest = [
    ...[9, 4, 0, 0, 0, 0xff, 0, 0, 0],
    ...[9, 4, 1, 0, hasOut ? 2 : 1, 3, subclass, protocol, 0],
    ...[9, 0x21, 0x11, 0x01, countryCode, 1, 0x22, length & 0xff, length >> 8],
    ...[7, 5, 0x81, 3, 16, 0, 10],
    ...(hasOut ? [7, 5, 0x02, 3, 16, 0, 10] : []),
  ];
  return [9, 2, 9 + rest.length, 0, 2, 1, 0, 0x80, 50, ...rest];
}

export function deviceOf({ hasOut, subclass, protocol }: Model): PlaybackDevice {
  const interrupt = { attributes: 3, maxPacketSize: 16 };
  const endpoints = [{ endpointAddress: 0x81, ...interrupt }];
  if (hasOut) endpoints.push({ endpointAddress: 0x02, ...interrupt });
  return {
    descriptor: { vendorId: 0x1209, productId: 0x0001, deviceVersionBcd: 0x0203 },
    interfaces: [
      { endpoints: [] },
      { interfaceClass: 3, interfaceSubclass: subclass, interfaceProtocol: protocol, endpoints },
    ],
    kernelInterfaces: [1],
  };
}

/** What happens until the driver is open and its transfers wait. `reports`: what the first of them bring. */
export function opening(model: Model, reports: readonly string[]): ExpectedUsbStep[] {
  const transfers = Array.from({ length: QUEUE }, (_, index) => inputStep(reports[index]));
  const protocol: ExpectedUsbStep[] = model.subclass === 1 ? [{ control: [0x21, 0x0b, 1, 1], out: [] }] : [];
  return [
    { control: [0x80, 6, 0x0200, 0], in: configurationOf(model) },
    { control: [0x81, 6, 0x2200, 1], in: model.reportDescriptor, length: model.reportDescriptor.length },
    ...protocol,
    { control: [0x21, 0x0a, 0, 1], out: [] },
    ...transfers,
  ];
}

export const inputStep = (report: string | undefined): ExpectedUsbStep => {
  return { endpoint: 0x81, in: bytes(report ?? ""), length: 16 };
};

/** A player whose device has a configuration descriptor as long as the first step gives. */
export function playerOf(device: PlaybackDevice, steps: readonly ExpectedUsbStep[]): UsbPlayback {
  const [first] = steps;
  const totalLength = first !== undefined && "in" in first ? first.in.length : 9;
  return new UsbPlayback({ ...device, totalLength }, steps);
}
