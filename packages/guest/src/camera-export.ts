/** From a driver class to the WIT export busbar:device/camera. What it runs on is a parameter here. */

import { type Board, type DriverDefinition, OpenedDevice, openDriver } from "./driver.ts";
import { exported } from "./errors.ts";
import type { OptionTable } from "./settings.ts";
import type { CameraFrame, CameraInfo, CameraMode } from "./wit.ts";

/** What a camera's driver class is: opened by its constructor, used, then closed. All methods throw DriverError. */
export interface CameraDriver {
  /** Which device this is. */
  readonly info: CameraInfo;

  /** In what ways it can be started, its own default first; at least one. */
  readonly modes: readonly CameraMode[];

  /** Starts the pictures of a mode, by its index; one that runs is stopped first. */
  start(mode: number): void;

  /** The next picture; waits for it at most `timeoutMs` milliseconds. Undefined when none came. */
  nextFrame(timeoutMs: number): CameraFrame | undefined;

  /** Stops the pictures. Stopping twice is legal. */
  stop(): void;

  /** Stops and gives everything back; never throws DriverError. Closing twice is legal. */
  close(): void;
}

/** What a camera's driver package says about itself. */
export type CameraDefinition<Table extends OptionTable, Given extends unknown[]> = DriverDefinition<
  Table,
  CameraDriver,
  Given
>;

/** The WIT resource `device`. Every method throws the WIT error. */
export interface ExportedCamera extends Disposable {
  /** WIT `info`. */
  info(): CameraInfo;
  /** WIT `modes`. */
  modes(): CameraMode[];
  /** WIT `start`. */
  start(mode: number): void;
  /** WIT `next-frame`. */
  nextFrame(timeoutMs: number): CameraFrame | undefined;
  /** WIT `stop`. */
  stop(): void;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `camera`. */
export interface CameraExport {
  /** WIT `open`. Throws the WIT error. */
  open(name: string): ExportedCamera;
  /** The class of what `open` returns: the engines look for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export for `definition` on what the component imports. */
export function cameraOn<const Table extends OptionTable, Given extends unknown[]>(
  board: Board,
  definition: CameraDefinition<Table, Given>,
): CameraExport {
  return { Device, open: (name) => exported(() => new Device(openDriver(board, definition, name))) };
}

/** An opened camera. `>>> 0`: a u32 of 2^31 and more arrives negative in a QuickJS guest. */
class Device extends OpenedDevice<CameraDriver> implements ExportedCamera {
  info(): CameraInfo {
    return this.driver.info;
  }

  modes(): CameraMode[] {
    return [...this.driver.modes];
  }

  start(mode: number): void {
    this.run((driver) => driver.start(mode >>> 0));
  }

  nextFrame(timeoutMs: number): CameraFrame | undefined {
    return this.run((driver) => {
      const frame = driver.nextFrame(timeoutMs >>> 0);
      // QuickJS makes 2^31 - 1 of a u32 result that is larger; as a negative number it arrives whole, in both engines.
      return frame && { ...frame, sequence: frame.sequence | 0 };
    });
  }

  stop(): void {
    this.run((driver) => driver.stop());
  }
}
