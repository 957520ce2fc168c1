/** What a MySerialPort is sent and answers. FILL IN: the exact bytes, from the data sheet or recorded from the part. */

import { UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import { expect } from "vitest";
import { MySerialPort, type MySerialPortOptions } from "../src/my-serial-port.ts";

const device: PlaybackDevice = {
  interfaces: [
    {
      endpoints: [
        { endpointAddress: 0x81, attributes: 2, maxPacketSize: 64 },
        { endpointAddress: 0x01, attributes: 2, maxPacketSize: 64 },
      ],
    },
  ],
};

/** A vendor request without data. */
export const request = (number: number, value: number): ExpectedUsbStep => ({
  control: [0x41, number, value, 0],
  out: [],
});

/** 115200 baud, 8 data bits, no parity, 1 stop bit. */
export const setLine: ExpectedUsbStep = {
  control: [0x41, 0x01, 0, 0],
  out: [0x00, 0xc2, 0x01, 0x00, 8, 0x00],
};

/** What must happen when the port is opened, and when it is closed. */
export const opened: ExpectedUsbStep[] = [setLine, request(0x02, 0b11)];
export const closed: ExpectedUsbStep = request(0x02, 0);

/** Opens the port; with the default options where nothing is given. */
type Open = (options?: Partial<MySerialPortOptions>) => MySerialPort;

/** Lets a test open the port on what must happen, all of which must have happened at the end. */
export function play(
  expected: readonly ExpectedUsbStep[],
  use: (open: Open, waits: number[]) => void,
  plugged: PlaybackDevice = device,
): UsbPlayback {
  const playback = new UsbPlayback(plugged, expected);
  const waits: number[] = [];
  const time = { nowMs: () => 0, waitMs: (ms: number) => void waits.push(ms) };
  use((options) => new MySerialPort(new UsbDevice(playback.host, "console"), time, options), waits);
  playback.done();
  return playback;
}

/** What a DriverError says. */
export const failure = (tag: string) =>
  expect.objectContaining({ payload: expect.objectContaining({ tag }) });
