import type { AppEntry, FolderGrant } from "../board/app-entry.ts";
import type { CommonEntry } from "../board/entry.ts";
import type { OpenedBuses } from "../bus/opened.ts";
import type { Clock } from "../clock.ts";
import type { DeviceModule } from "../device/module.ts";
import type { Folder } from "../folder/backend.ts";
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
  readonly wired: ReadonlyMap<string, CommonEntry>;
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
  readonly wired: ReadonlyMap<string, CommonEntry>;
  /** Never runs out; ends when the app has to. */
  readonly budget: CallBudget;
  readonly clock: Clock;
  readonly trace: Trace;
  /** Aborts when the app has to end: every import throws from then on. */
  readonly signal: AbortSignal;
  /** What was opened of the buses of the devices that the app drives itself. */
  readonly opened: OpenedBuses;
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
