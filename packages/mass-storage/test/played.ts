/** The driver class on a playback: opened, used, closed, nothing left over. */

import { completeOptions, DriverError, UsbDevice } from "@busbar/guest";
import { type ExpectedUsbStep, type PlaybackDevice, UsbPlayback } from "@busbar/guest/usb-playback";
import { expect } from "vitest";
import { MassStorage, type MassStorageOptions, massStorageOptions } from "../src/mass-storage.ts";
import { openSteps, stick } from "./stick.ts";

/** Time that passes only where it is waited for. */
class Time {
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
  waitMs(ms: number): void {
    this.ms += ms;
  }
}

/** A driver that was opened. */
export interface Played {
  readonly driver: MassStorage;
  readonly playback: UsbPlayback;
  readonly time: Time;
}

/** Opens a stick that plays these steps. */
export function open(
  expected: readonly ExpectedUsbStep[],
  options: Partial<MassStorageOptions> = {},
  device: PlaybackDevice = stick,
): Played {
  const playback = new UsbPlayback(device, expected);
  const usb = new UsbDevice(playback.host, "stick");
  const time = new Time();
  try {
    return {
      driver: new MassStorage(usb, time, completeOptions(massStorageOptions, options)),
      playback,
      time,
    };
  } catch (error) {
    usb.close();
    playback.done();
    expect([playback.pending, playback.opened]).toEqual([0, 0]);
    throw error;
  }
}

/** Opens a stick, and plays what comes after. */
export function play(
  expected: readonly ExpectedUsbStep[],
  body: (played: Played) => void,
  options: Partial<MassStorageOptions> & Parameters<typeof openSteps>[0] = {},
): void {
  const { removable = true, isProtected = false, ...rest } = options;
  const played = open([...openSteps({ removable, isProtected }), ...expected], rest);
  body(played);
  played.driver.close();
  played.playback.done();
  expect([played.playback.pending, played.playback.opened]).toEqual([0, 0]);
}

/** The error that `body` throws. */
export function failure(body: () => unknown): DriverError["payload"] {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error.payload;
    throw error;
  }
  throw new Error("nothing was thrown");
}
