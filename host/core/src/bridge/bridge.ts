import type { DeviceModule } from "../device/module.ts";
import type { Turns } from "./turns.ts";

/** The driver of an entry of a board's `bridges`, as the buses have it that it exports. All that is wired to one of them use it. */
export interface Bridge {
  /** Its name in the board file. */
  readonly name: string;

  /** Whether its driver exports the interface of a kind of device. */
  exports(module: DeviceModule): boolean;

  /**
   * What the running driver has of a kind, opened once in each of its lives; the driver is started first where it does not run.
   *
   * @throws HostError where its bus cannot be used; DeviceError from the driver
   */
  device<Device extends AsyncDisposable>(module: DeviceModule<Device>): Promise<Device>;

  /**
   * Of those who use it, or another bridge that shares its bus: whoever is gone when its turn comes leaves nothing behind that is still
   * done.
   */
  readonly turns: Turns;

  /** What of the driver was started last; undefined before it was. */
  readonly lastLife: BridgeLife | undefined;
}

/** One life of a bridge's driver. */
export interface BridgeLife {
  /** Why a device that it was started with is not there any more; undefined while all are. */
  readonly lost: string | undefined;
}

/** A bus of a bridge, as a board file names it: "dongle" where it has one, "multiplexer:3" where it has several. */
export interface BridgedPlace {
  /** The bridge's name in the board file. */
  readonly bridge: string;
  /** The number of the bus; undefined where none is written. */
  readonly number: number | undefined;
}

/** The bridges of an open board. */
export interface Bridges {
  /**
   * The bridge of a name; undefined where the board has none of that.
   *
   * @throws HostError why it has no driver, where the board was opened without that
   */
  get(name: string): Bridge | undefined;
}
