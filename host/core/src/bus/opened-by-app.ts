import type { BusOpened } from "./opened.ts";

/**
 * What an app has of a bus whose devices have nothing to do with each other: each is opened when it is asked for, and closed with
 * the run.
 */
export class OpenedByApp<Device extends { readonly name: string }, Opened extends BusOpened>
  implements BusOpened
{
  readonly #devices: ReadonlyMap<string, Device>;
  readonly #open: (device: Device) => Opened;
  readonly #opened = new Map<string, Opened>();
  /** Whether what is done with any of them may give promises. */
  readonly answersLater: boolean;

  /**
   * @param devices those that the app drives itself
   * @param backends of the bus
   * @param open opens one of them
   */
  constructor(
    devices: readonly Device[],
    backends: readonly { readonly answersLater?: boolean }[],
    open: (device: Device) => Opened,
  ) {
    this.#devices = new Map(devices.map((device) => [device.name, device]));
    this.#open = open;
    this.answersLater = backends.some(({ answersLater }) => answersLater === true);
  }

  /** A device of the app that is wired to the bus. */
  device(name: string): Device | undefined {
    return this.#devices.get(name);
  }

  /**
   * Opens a device; the same again is the same.
   *
   * @throws BackendError when there is no such bus, or it cannot be used
   */
  open(device: Device): Opened {
    let opened = this.#opened.get(device.name);
    if (opened === undefined) {
      opened = this.#open(device);
      this.#opened.set(device.name, opened);
    }
    return opened;
  }

  end(): void {
    for (const opened of this.#opened.values()) opened.end();
  }
}
