/** Cameras, for apps whose world imports them. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { type Device, open } from "busbar:device/camera@0.1.0";
import type { CameraFrame, CameraInfo, CameraMode } from "../wit.ts";
import { called } from "./called.ts";

/** A camera, whatever is behind it. All methods throw DriverError; after `disconnected`, open it again. */
export interface AppCamera {
  /** Which device this is. */
  readonly info: CameraInfo;
  /** In what ways it can be started, its own default first; at least one. */
  readonly modes: readonly CameraMode[];
  /** Starts the pictures of a mode, by its index in `modes`; one that runs is stopped first. */
  start(mode: number): void;
  /** The next picture; waits for it at most `timeoutMs` milliseconds. Undefined when none came. */
  nextFrame(timeoutMs: number): CameraFrame | undefined;
  /** Stops the pictures. */
  stop(): void;
  /** Stops, and gives the camera back. */
  close(): void;
}

/**
 * Opens the camera that the board wires to `name`.
 *
 * @throws DriverError: `access-denied` when the board does not let this app use it; others from its driver
 */
export function openCamera(name: string): AppCamera {
  const device: Device = called(() => open(name));
  return {
    info: device.info(),
    modes: device.modes(),
    start: (mode) => called(() => device.start(mode)),
    nextFrame(timeoutMs) {
      const frame = called(() => device.nextFrame(timeoutMs));
      // A u32 of 2^31 and more arrives negative in a QuickJS guest.
      return frame && { ...frame, sequence: frame.sequence >>> 0 };
    },
    stop: () => called(() => device.stop()),
    close: () => called(() => device.close()),
  };
}
