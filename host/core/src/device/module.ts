import type { Clock } from "../clock.ts";
import type { AppInterface, AppLife, OpenForApp } from "./app-device.ts";
import type { DeviceLife } from "./opened-device.ts";

/**
 * A kind of device as one module: everything that the host knows of it. What links, opens and offers devices goes through the
 * list of modules and knows no kind by name; `openBoard(file, { modules })` takes further ones.
 */
export interface DeviceModule<
  Device extends AsyncDisposable = AsyncDisposable,
  Kind extends string = string,
> {
  /** What programs call it, and messages: "serialPort". */
  readonly kind: Kind;
  /** The interface that its drivers export and apps import, without its version: "busbar:device/serial-port". */
  readonly path: string;
  /** The newest version of it that this host has: "0.1.0". */
  readonly version: string;

  /**
   * Opens the device of a driver.
   *
   * @throws DeviceError from the driver
   */
  open(opening: DeviceOpening): Promise<Device>;

  /** The interface for one app; absent where apps cannot have it. */
  app?(context: AppLife, open: OpenForApp<Device>): AppInterface;

  /** What a person can do with an opened device by one command ("busbar call"); absent where that is nothing. */
  commands?(device: Device, run: CommandRun): DeviceCommands;
}

/** The functions of a command line, by their names: "is-closed". They get what the person wrote, unchecked, and what they give is shown. */
export type DeviceCommands = Readonly<
  Record<string, (...parameters: readonly unknown[]) => Promise<unknown>>
>;

/** The run of a command. */
export interface CommandRun {
  readonly clock: Clock;
  /** Aborts when the person ends it. */
  readonly signal: AbortSignal;
}

/** The device that is opened. */
export interface DeviceOpening {
  /** Its name in the board file. */
  readonly name: string;
  readonly clock: Clock;

  /**
   * The running driver, started first where it does not run.
   *
   * @throws HostError when its bus cannot be used
   */
  start(): Promise<DeviceLife>;

  /** Notes how a reading went, for `OpenBoard.lastReadings`. @param error absent where it went well */
  noteRead(error?: unknown): void;
}

/** Any modules, in the order in which messages name them. */
export type DeviceModules = readonly DeviceModule[];
