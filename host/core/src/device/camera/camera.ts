import type { Clock } from "../../clock.ts";
import { isWhole, requireAnswer, shortNames } from "../answer.ts";
import { requireDuration } from "../duration.ts";
import { DeviceError } from "../error.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/camera `info`; texts are empty where the device gives none. */
export interface CameraInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
}

/** busbar:device/camera `mode`: one way in which a camera can be started. */
export interface CameraMode {
  /** "mjpeg": JPEG pictures. "yuy2": Y0 U Y1 V for each two pixels. */
  readonly encoding: "mjpeg" | "yuy2";
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** From one picture to the next, in milliseconds. */
  readonly intervalMs: number;
}

/** busbar:device/camera `frame`: one whole picture. */
export interface CameraFrame {
  readonly data: Uint8Array;
  /** How many pictures were begun before it since the start; a step of more than one where some were damaged or missed. */
  readonly sequence: number;
  /** When it was received, in milliseconds on a clock of which only differences mean anything. */
  readonly timeMs: number;
}

/** What `nextFrame` can be given. */
export interface CameraReadOptions {
  /** How long to wait for a picture, in milliseconds. Default: without end. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface GuestCamera extends GuestDevice {
  info(): Promise<CameraInfo>;
  modes(): Promise<CameraMode[]>;
  start(mode: number): Promise<void>;
  nextFrame(timeoutMs: number): Promise<CameraFrame | undefined>;
  stop(): Promise<void>;
}

/** Calls into a driver go one after the other: stopping waits no longer than this. */
const LONGEST_WAIT_MS = 100;
const largestSide = 65_535;
const mostModes = 1024;

/** An opened camera. All methods throw DeviceError. */
export class Camera extends OpenedDevice<GuestCamera> {
  readonly info: CameraInfo;
  /** The camera's own default first; at least one. */
  readonly modes: readonly CameraMode[];
  protected override readonly noun = "camera";
  readonly #clock: Clock;

  private constructor(
    opened: OpenedGuest<GuestCamera>,
    told: { readonly info: CameraInfo; readonly modes: readonly CameraMode[] },
    clock: Clock,
  ) {
    super(opened);
    this.info = told.info;
    this.modes = told.modes;
    this.#clock = clock;
  }

  /** Opens the camera of a running instance. @throws DeviceError */
  static async open(name: string, instance: DeviceLife, clock: Clock): Promise<Camera> {
    const opened = await openGuest<GuestCamera>(name, instance);
    const told = await askOpened(opened, async () => {
      const info = shortNames(await instance.call(() => opened.device.info()));
      const modes = await instance.call(() => opened.device.modes());
      requireAnswer(name, isWhole(modes.length, 1, mostModes), () => {
        return `lists ${modes.length} modes, and a camera has 1 to ${mostModes}`;
      });
      for (const { width, height, intervalMs } of modes) {
        const isPicture = isWhole(width, 1, largestSide) && isWhole(height, 1, largestSide);
        requireAnswer(name, isPicture && Number.isFinite(intervalMs) && intervalMs > 0, () => {
          return `lists a mode of ${width} x ${height} pixels every ${intervalMs} ms`;
        });
      }
      return { info, modes };
    });
    return new Camera(opened, told, clock);
  }

  /** Starts the pictures of a mode, by its index in `modes`; one that runs is stopped first. */
  async start(mode: number): Promise<void> {
    if (!isWhole(mode, 0, this.modes.length - 1)) {
      const val = `the mode is ${mode}, but must be a whole number from 0 to ${this.modes.length - 1}`;
      throw new DeviceError(this.name, { tag: "invalid-argument", val });
    }
    await this.call((device) => device.start(mode));
  }

  /**
   * The next whole picture; damaged ones are left out.
   *
   * @returns undefined when none came in time
   * @throws DeviceError; the signal's reason when it aborts
   */
  async nextFrame(options: CameraReadOptions = {}): Promise<CameraFrame | undefined> {
    const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
    requireDuration(this.name, "timeout", timeoutMs);
    const endMs = this.#clock.now() + timeoutMs;
    for (;;) {
      signal?.throwIfAborted();
      const leftMs = Math.max(Math.ceil(endMs - this.#clock.now()), 0);
      const waitMs = Math.min(leftMs, LONGEST_WAIT_MS);
      const frame = await this.call((device) => device.nextFrame(waitMs));
      if (frame !== undefined || leftMs <= waitMs) return frame;
    }
  }

  /** The pictures, one after the other, until the signal aborts. @throws DeviceError; the signal's reason */
  async *frames(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<CameraFrame, void, void> {
    for (;;) {
      const frame = await this.nextFrame(options);
      if (frame !== undefined) yield frame;
    }
  }

  /** Stops the pictures. Stopping twice is legal. */
  async stop(): Promise<void> {
    await this.call((device) => device.stop());
  }
}
