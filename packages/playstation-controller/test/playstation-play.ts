/** Controllers for `UsbPlayback`, and what the driver does with them until it is open. */

import type { ExpectedUsbStep, PlaybackDevice } from "@busbar/guest/usb-playback";

/** How many transfers the driver keeps waiting. */
const QUEUE = 8;
const HID_INTERFACE = 3;

/** The audio interfaces come first, as in the real ones. */
const configuration = (() => {
  const audio = [0, 1, 2].flatMap((number) => [9, 4, number, 0, 0, 1, 1, 0, 0]);
  const rest = [
    ...audio,
    ...[9, 4, HID_INTERFACE, 0, 2, 3, 0, 0, 0],
    ...[9, 0x21, 0x11, 0x01, 0, 1, 0x22, 0x11, 0x01],
    ...[7, 5, 0x84, 3, 64, 0, 6],
    ...[7, 5, 0x03, 3, 64, 0, 6],
  ];
  return [9, 2, 9 + rest.length, 0, 4, 1, 0, 0xc0, 250, ...rest];
})();

/** A controller, and where its calibration is. */
export interface Played {
  readonly device: PlaybackDevice;
  readonly calibrationReport: number;
  readonly calibrationLength: number;
  readonly outputReport: number;
  readonly outputLength: number;
}

function deviceOf(productId: number): PlaybackDevice {
  const interrupt = { attributes: 3, maxPacketSize: 64 };
  const audio = { interfaceClass: 1, endpoints: [] };
  const endpoints = [
    { endpointAddress: 0x84, ...interrupt },
    { endpointAddress: 0x03, ...interrupt },
  ];
  return {
    descriptor: { vendorId: 0x054c, productId, deviceVersionBcd: 0x0100 },
    interfaces: [audio, audio, audio, { interfaceClass: 3, endpoints }],
    totalLength: configuration.length,
    kernelInterfaces: [HID_INTERFACE],
  };
}

export const dualShock4: Played = {
  device: deviceOf(0x09cc),
  calibrationReport: 2,
  calibrationLength: 37,
  outputReport: 5,
  outputLength: 32,
};
export const dualSense: Played = {
  device: deviceOf(0x0ce6),
  calibrationReport: 5,
  calibrationLength: 41,
  outputReport: 2,
  outputLength: 48,
};

/** A calibration in which one gravity is 8192 counts, and 540 degrees per second are 8640, without bias. */
export function calibrationOf({ calibrationReport, calibrationLength }: Played): Uint8Array {
  const view = new DataView(new ArrayBuffer(calibrationLength));
  const both = (counts: number) => [counts, -counts, counts, -counts, counts, -counts];
  view.setUint8(0, calibrationReport);
  for (const [index, number] of [0, 0, 0, ...both(8640), 540, 540, ...both(8192)].entries()) {
    view.setInt16(1 + 2 * index, number, true);
  }
  return new Uint8Array(view.buffer);
}

export const input = (report: Uint8Array = new Uint8Array()): ExpectedUsbStep => {
  return { endpoint: 0x84, in: report, length: 64 };
};

/** An output report with some of its bytes, by their offset. */
export function output({ outputReport, outputLength }: Played, change: Readonly<Record<number, number>>) {
  const bytes = new Uint8Array(outputLength);
  bytes[0] = outputReport;
  for (const [offset, value] of Object.entries(change)) bytes[Number(offset)] = value;
  return { endpoint: 0x03, out: bytes };
}

/** What happens until the driver is open and its transfers wait. `reports`: what the first of them bring. */
export function opening(controller: Played, reports: readonly Uint8Array[] = []): ExpectedUsbStep[] {
  const { calibrationReport, calibrationLength } = controller;
  return [
    { control: [0x80, 6, 0x0200, 0], in: configuration },
    {
      control: [0xa1, 0x01, 0x0300 | calibrationReport, HID_INTERFACE],
      in: calibrationOf(controller),
      length: calibrationLength,
    },
    ...Array.from({ length: QUEUE }, (_, index) => input(reports[index])),
  ];
}
