/** Playback tests of driver classes on USB: what the tests of each need besides @busbar/guest/usb-playback. */

import { DriverError, type Time, UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";

/**
 * Makes the function that opens a driver on a list of steps, lets a test do something with it, and checks that nothing is left over. It
 * returns what came of that, as `outcome` has it.
 *
 * @param Driver the driver class
 * @param device what is plugged in
 * @param stepMs how long each wait takes
 */
export function usbPlayerOf<Options, Driver>(
  Driver: new (device: UsbDevice, time: Time, options?: Partial<Options>) => Driver,
  device: PlaybackDevice,
  stepMs = 0,
) {
  return (
    steps: readonly ExpectedUsbStep[],
    action: (driver: Driver) => unknown,
    options: Partial<Options> = {},
  ): unknown => {
    const playback = new UsbPlayback(device, steps);
    const usb = new UsbDevice(playback.host, "dongle");
    const result = outcome(() => action(new Driver(usb, steppingTime(stepMs), options)));
    playback.done();
    return result;
  };
}

/** What `body` returns, or the WIT error that it throws. What is no DriverError is thrown on: it would be a bug in the driver. */
export function outcome(body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    if (error instanceof DriverError) return error.payload;
    throw error;
  }
}

/** A clock that moves when something waits, and by as much each time. */
export function steppingTime(stepMs: number): Time {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    waitMs: () => {
      nowMs += stepMs;
    },
  };
}
