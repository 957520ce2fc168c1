/** What an app component uses: devices by the names of the board, printing, waiting. Runs inside a component only. */

/// <reference path="../generated/index.d.ts" preserve="true" />

import { open as openSensorDevice, type Device as SensorDevice } from "busbar:device/sensor@0.1.0";
import {
  open as openTextDisplayDevice,
  type Device as TextDisplayDevice,
} from "busbar:device/text-display@0.1.0";
import { getStdout } from "wasi:cli/stdout@0.2.0";
import { now, subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.0";
import { DriverError, deviceFault } from "./errors.ts";
import { fromU64, toU64 } from "./u64.ts";
import { utf8 } from "./utf8.ts";
import type { Channel, Info, TextDisplaySize } from "./wit.ts";

/** wasi:io/streams: the most bytes of one `blocking-write-and-flush`. */
const LONGEST_WRITE = 4096;

/** A sensor, whichever chip it is. */
export interface AppSensor {
  /** Which part it is. */
  readonly info: Info;
  /** What it measures; each has a value in every reading. */
  readonly channels: readonly Channel[];
  /**
   * A fresh reading: values by their channels' labels.
   *
   * @throws DriverError; after `disconnected`, open the sensor again
   */
  read(): Readonly<Record<string, number>>;
  /** Releases it. */
  close(): void;
}

/** A text display, whichever chip it is. All methods throw DriverError. */
export interface AppTextDisplay {
  readonly info: Info;
  readonly size: TextDisplaySize;
  clear(): void;
  /** Shows `text` in a row from a column on, both counted from 0. */
  write(row: number, column: number, text: string): void;
  /** From 0 to 1. */
  setBrightness(brightness: number): void;
  close(): void;
}

/**
 * Opens the sensor that the board wires to `name`.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openSensor(name: string): AppSensor {
  const device: SensorDevice = called(() => openSensorDevice(name));
  const channels = device.channels();
  return {
    info: device.info(),
    channels,
    read() {
      const values = called(() => device.read());
      return Object.fromEntries(channels.map(({ label }, index) => [label, values[index]!]));
    },
    close: () => device.close(),
  };
}

/**
 * Opens the text display that the board wires to `name`.
 *
 * @throws DriverError as `openSensor`
 */
export function openTextDisplay(name: string): AppTextDisplay {
  const device: TextDisplayDevice = called(() => openTextDisplayDevice(name));
  return {
    info: device.info(),
    size: device.size(),
    clear: () => called(() => device.clear()),
    write: (row, column, text) => called(() => device.write(row, column, text)),
    setBrightness: (brightness) => called(() => device.setBrightness(brightness)),
    close: () => device.close(),
  };
}

/** Prints one line. */
export function print(line: string): void {
  const stream = getStdout();
  try {
    const bytes = utf8(`${line}\n`);
    for (let start = 0; start < bytes.length; start += LONGEST_WRITE) {
      stream.blockingWriteAndFlush(bytes.subarray(start, start + LONGEST_WRITE));
    }
  } finally {
    stream[Symbol.dispose]();
  }
}

/** Milliseconds on a clock that never goes back; only differences mean anything. */
export function nowMs(): number {
  return fromU64(now()) / 1e6;
}

/** Waits at least `ms` milliseconds. Drivers and other apps go on meanwhile. */
export function waitMs(ms: number): void {
  const pollable = subscribeDuration(toU64(Math.ceil(Math.max(ms, 0) * 1e6)));
  try {
    pollable.block();
  } finally {
    pollable[Symbol.dispose]();
  }
}

/**
 * Makes the WIT export `run` of an app. A DriverError that `main` does not catch is printed and ends the app with an
 * error; anything else is a bug and traps.
 *
 * @example export const run = defineApp(() => print(`${openSensor("indoor").read().temperature} °C`));
 */
export function defineApp(main: () => void): { run(): void } {
  return {
    run() {
      try {
        main();
      } catch (error) {
        if (!(error instanceof DriverError)) throw new Error(`a bug in the app: ${error}`, { cause: error });
        print(`error: ${error.message}`);
        // The error of `result` has no value.
        throw undefined;
      }
    },
  };
}

/** Calls a device; its WIT error becomes a DriverError. */
function called<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw deviceFault(error);
  }
}
