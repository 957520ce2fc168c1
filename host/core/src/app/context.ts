import type { AppEntry, FolderGrant } from "../board/app-entry.ts";
import type { DeviceEntry } from "../board/schema.ts";
import type { I2cBus } from "../bus/i2c/backend.ts";
import type { I2cGrant } from "../bus/i2c/grant.ts";
import type { UsbView } from "../bus/usb/component-usb.ts";
import type { Clock } from "../clock.ts";
import type { DeviceModule } from "../device/module.ts";
import type { Folder } from "../folder/backend.ts";
import type { DeviceQuota } from "../grants/quota.ts";
import type { CallBudget } from "../instance/budget.ts";
import type { Trace } from "../trace/trace.ts";
import type { GrantedFolder } from "./wasi/filesystem/granted-folder.ts";

/** Where an app's devices come from: the board. */
export interface DeviceSource {
  device<Device extends AsyncDisposable>(name: string, module: DeviceModule<Device>): Promise<Device>;
}

/** An app's entry, and the devices of the board that it may drive itself: those that it uses and that have no driver. */
export interface AppGrants {
  readonly entry: AppEntry;
  readonly wired: ReadonlyMap<string, DeviceEntry>;
}

/** A folder that was opened for an app, and what it may do there. */
export interface AppFolder {
  readonly folder: Folder;
  readonly grant: FolderGrant;
}

/** Takes what an app prints. The promise, where there is one, settles when there is room for more. */
export type TakeOutput = ((bytes: Uint8Array) => void) | ((bytes: Uint8Array) => Promise<void>);

/** Gives what an app reads: the next bytes, or undefined at the end. */
export type TakeInput = () => Promise<Uint8Array | undefined>;

/** What the imports of one app work with. */
export interface AppContext {
  /** The app's name in the board file. */
  readonly app: string;
  /** The devices that the board lets it use. */
  readonly uses: ReadonlySet<string>;
  readonly devices: DeviceSource;
  /** The devices that the app drives itself. */
  readonly wired: ReadonlyMap<string, DeviceEntry>;
  /** What the limits of the wired devices leave, by their names. */
  readonly quotas: ReadonlyMap<string, DeviceQuota>;
  /** Never runs out; ends when the app has to. */
  readonly budget: CallBudget;
  readonly clock: Clock;
  readonly trace: Trace;
  /** Aborts when the app has to end: every import throws from then on. */
  readonly signal: AbortSignal;
  /**
   * The bus of a wired device, opened once for the run.
   *
   * @throws BackendError when there is no such bus, or it cannot be used
   */
  openBus(device: string, grant: I2cGrant): I2cBus;
  /** The USB devices that the app drives itself. */
  readonly usb: UsbView;
  /** What the app is run with. */
  readonly arguments: readonly string[];
  /** The folder that the board gives it; undefined where it gives none. */
  readonly folder: GrantedFolder | undefined;
  /** What the app reads; undefined where it is given nothing. */
  readonly input: TakeInput | undefined;
  /**
   * The app ends itself.
   *
   * @param code 0 for a good end
   * @returns what the function of the host has to throw
   */
  exit(code: number): Error;
  /** Takes what the app prints. */
  readonly output: TakeOutput;
  /** Takes what it says about errors. */
  readonly errors: TakeOutput;
}
