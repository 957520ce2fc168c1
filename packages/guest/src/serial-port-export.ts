/** From a driver class to the WIT export busbar:device/serial-port. What it runs on is a parameter here. */

import { type Board, type DriverDefinition, OpenedDevice, openDriver } from "./driver.ts";
import { DriverError, exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import type { ControlSignals, LineSettings, LineState, SerialPortInfo } from "./wit.ts";

/** What a serial port's driver class is: opened by its constructor, used, then closed. All methods throw DriverError. */
export interface SerialPortDriver {
  /** Which device this is. */
  readonly info: SerialPortInfo;

  /** The settings in force. */
  getLineSettings(): LineSettings;

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
  getLineState(): LineState;

  /** Sends a break of `durationMs` milliseconds, 0 to 65534. */
  sendBreak(durationMs: number): void;

  /**
   * Drains, lowers the control signals and gives everything back, also where it throws. Closing twice is legal.
   *
   * @throws DriverError when what was written could not be sent
   */
  close(): void;
}

/** What a serial port's driver package says about itself. */
export type SerialPortDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  SerialPortDriver,
  Given
>;

/** The WIT resource `device`. Every method throws the WIT error. */
export interface ExportedSerialPort extends Disposable {
  /** WIT `info`. */
  info(): SerialPortInfo;
  /** WIT `get-line-settings`. */
  getLineSettings(): LineSettings;
  /** WIT `set-line-settings`. */
  setLineSettings(settings: LineSettings): void;
  /** WIT `read`. */
  read(max: number, timeoutMs: number): Uint8Array;
  /** WIT `write`. */
  write(data: Uint8Array): void;
  /** WIT `drain`. */
  drain(): void;
  /** WIT `set-control-signals`. */
  setControlSignals(signals: ControlSignals): void;
  /** WIT `get-line-state`. */
  getLineState(): LineState;
  /** WIT `send-break`. */
  sendBreak(durationMs: number): void;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `serialPort`. */
export interface SerialPortExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedSerialPort;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function serialPortOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: SerialPortDefinition<Table, Given>,
): SerialPortExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** An opened serial port. `>>> 0`: a u32 of 2^31 and more arrives negative in a QuickJS guest. */
class Device extends OpenedDevice<SerialPortDriver> implements ExportedSerialPort {
  info(): SerialPortInfo {
    return this.driver.info;
  }

  getLineSettings(): LineSettings {
    return this.run((driver) => {
      const settings = driver.getLineSettings();
      // QuickJS makes 2^31 - 1 of a u32 result that is larger; as a negative number it arrives whole, in both engines.
      return { ...settings, baudRate: settings.baudRate | 0 };
    });
  }

  setLineSettings(settings: LineSettings): void {
    this.run((driver) => driver.setLineSettings({ ...settings, baudRate: settings.baudRate >>> 0 }));
  }

  read(max: number, timeoutMs: number): Uint8Array {
    return this.run((driver) => driver.read(max >>> 0, timeoutMs >>> 0));
  }

  write(data: Uint8Array): void {
    this.run((driver) => driver.write(data));
  }

  drain(): void {
    this.run((driver) => driver.drain());
  }

  setControlSignals(signals: ControlSignals): void {
    this.run((driver) => driver.setControlSignals(signals));
  }

  getLineState(): LineState {
    return this.run((driver) => driver.getLineState());
  }

  sendBreak(durationMs: number): void {
    this.run((driver) => driver.sendBreak(durationMs));
  }

  override close(): void {
    exported(() => super.close());
  }

  /** There is nobody any more who could be told that something was not sent. */
  override [Symbol.dispose](): void {
    try {
      super.close();
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
  }
}
