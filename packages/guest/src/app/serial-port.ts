/** Serial ports, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { type Device, open } from "busbar:device/serial-port@0.1.0";
import type { ControlSignals, LineSettings, LineState, SerialPortInfo } from "../wit.ts";
import { called } from "./called.ts";

/** A serial port, whatever is behind it. All methods throw DriverError; after `disconnected`, open it again. */
export interface AppSerialPort {
  /** Which device this is. */
  readonly info: SerialPortInfo;
  /** The settings in force. */
  lineSettings(): LineSettings;
  /** Sets them, after what was written before has been sent. */
  setLineSettings(settings: LineSettings): void;
  /** What there is, at most `max` bytes; waits for it at most `timeoutMs` milliseconds. Empty when nothing came. */
  read(max: number, timeoutMs: number): Uint8Array;
  /** Sends all of `data`; the last of it can still be under way. */
  write(data: Uint8Array): void;
  /** Waits until everything that was written has reached the device. */
  drain(): void;
  /** Sets both signals. */
  setControlSignals(signals: ControlSignals): void;
  /** The latest state. */
  lineState(): LineState;
  /** Sends a break of `durationMs` milliseconds, 0 to 65534. */
  sendBreak(durationMs: number): void;
  /** Sends what was written, lowers the control signals and gives it back. */
  close(): void;
}

/**
 * Opens the serial port that the board wires to `name`.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openSerialPort(name: string): AppSerialPort {
  const device: Device = called(() => open(name));
  return {
    info: device.info(),
    lineSettings() {
      const settings = called(() => device.getLineSettings());
      // A u32 of 2^31 and more arrives negative in a QuickJS guest.
      return { ...settings, baudRate: settings.baudRate >>> 0 };
    },
    // QuickJS makes 2^31 - 1 of a u32 that is larger; as a negative number it arrives whole, in both engines.
    setLineSettings: (settings) =>
      called(() => device.setLineSettings({ ...settings, baudRate: settings.baudRate | 0 })),
    read: (max, timeoutMs) => called(() => device.read(max, timeoutMs)),
    write: (data) => called(() => device.write(data)),
    drain: () => called(() => device.drain()),
    setControlSignals: (signals) => called(() => device.setControlSignals(signals)),
    lineState: () => called(() => device.getLineState()),
    sendBreak: (durationMs) => called(() => device.sendBreak(durationMs)),
    close: () => called(() => device.close()),
  };
}
