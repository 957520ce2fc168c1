import type { AppContext } from "../app/context.ts";
import type { Clock } from "../clock.ts";
import type { AppInterface, OpenForApp } from "./app-device.ts";
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
  app?(context: AppContext, open: OpenForApp<Device>): AppInterface;
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
