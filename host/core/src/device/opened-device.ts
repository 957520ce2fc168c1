import type { CallOptions, DriverInstance } from "../instance/instance.ts";
import { DeviceError } from "./error.ts";

/** What every device interface's guest resource has. */
export interface GuestDevice {
  /** The method `close`. */
  close(): unknown;
}

/** What an opened device needs of the life of its driver, wherever that runs. */
export type DeviceLife = Pick<DriverInstance, "alive" | "callMs" | "call" | "opened" | "closed" | "drop">;

/** A guest's resource, and the instance that it lives in. */
export interface OpenedGuest<Guest extends GuestDevice> {
  /** The device's name in the board file. */
  readonly name: string;
  readonly device: Guest;
  readonly instance: DeviceLife;
}

/**
 * Opens the device of a running instance.
 *
 * @throws DeviceError
 */
export async function openGuest<Guest extends GuestDevice>(
  name: string,
  instance: DeviceLife,
): Promise<OpenedGuest<Guest>> {
  const device = await instance.call((exports) => (exports.open as (name: string) => Promise<Guest>)(name));
  return { name, device, instance };
}

/**
 * Asks an opened device what it is. One whose answers make no sense is closed again, so that none is left open each time
 * that somebody tries.
 *
 * @throws DeviceError
 */
export async function askOpened<Guest extends GuestDevice, Answers>(
  { device, instance }: OpenedGuest<Guest>,
  ask: () => Promise<Answers>,
): Promise<Answers> {
  try {
    return await ask();
  } catch (thrown) {
    // What is wrong with it has been found already.
    if (instance.alive) await instance.call(() => device.close()).catch(() => undefined);
    await instance.drop(device);
    throw thrown;
  }
}

/** The base of what `board.sensor(name)` and its siblings give. */
export abstract class OpenedDevice<Guest extends GuestDevice> implements AsyncDisposable {
  /** The device's name in the board file. */
  readonly name: string;
  /** What messages call it: "sensor". */
  protected abstract readonly noun: string;
  readonly #device: Guest;
  readonly #instance: DeviceLife;
  #closed = false;

  constructor({ name, device, instance }: OpenedGuest<Guest>) {
    this.name = name;
    this.#device = device;
    this.#instance = instance;
    instance.opened(device);
  }

  /**
   * Calls the guest's resource.
   *
   * @param options see `DriverInstance.call`
   * @throws DeviceError; `disconnected` after it was closed
   */
  protected async call<Result>(
    invoke: (device: Guest) => Result | Promise<Result>,
    options?: CallOptions,
  ): Promise<Result> {
    if (this.#closed) {
      const val = `the ${this.noun} was closed; open it again`;
      throw new DeviceError(this.name, { tag: "disconnected", val });
    }
    return this.#instance.call(() => invoke(this.#device), options);
  }

  /**
   * Leaves the part as its driver's README says, usually asleep, and releases it. Closing twice is legal.
   *
   * @throws DeviceError when the driver fails in it
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#instance.closed(this.#device);
    try {
      if (this.#instance.alive) await this.#instance.call(() => this.#device.close());
    } finally {
      await this.#instance.drop(this.#device);
    }
  }
}
