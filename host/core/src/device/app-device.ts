import type { AppContext } from "../app/context.ts";
import { DeviceError } from "./error.ts";

/**
 * The base of every resource that an app has of a device. Each call goes through `device`, which is not there any more
 * once the app has to end: no function can forget to look.
 */
export abstract class AppDevice<Device extends AsyncDisposable> implements Disposable {
  readonly #context: AppContext;
  readonly #device: Device;

  constructor(context: AppContext, device: Device) {
    this.#context = context;
    this.#device = device;
  }

  /** The device, for one call. @throws InstanceStopped when the app has to end */
  protected get device(): Device {
    this.#context.budget.check();
    return this.#device;
  }

  /** What ends a wait for the device. */
  protected get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** A function of an app's resource that has no error in WIT must not throw: it would trap the app. */
  protected async closeQuietly(): Promise<void> {
    await closeQuietly(this.device);
  }

  /** The app dropped it; its driver closes it in its own time. */
  [Symbol.dispose](): void {
    void closeQuietly(this.#device);
  }
}

/** The implementation of a device interface for one app. */
export interface AppInterface {
  /** The class of its resource. */
  readonly Device: object;
  /** The function `open`. @throws the variant `error` */
  open(name: string): Promise<object>;
}

/** Opens a device by its name for an app. @throws DeviceError, also where the app may not use it */
export type OpenForApp<Device> = (name: string) => Promise<Device>;

/** Gives the implementation of a device interface to apps, by the class of its resource. */
export function appInterface<Device extends AsyncDisposable>(
  Resource: new (context: AppContext, device: Device) => AppDevice<Device>,
): (context: AppContext, open: OpenForApp<Device>) => AppInterface {
  return (context, open) => ({
    Device: Resource,
    open: async (name) => new Resource(context, await open(name)),
  });
}

async function closeQuietly(device: AsyncDisposable): Promise<void> {
  try {
    await device[Symbol.asyncDispose]();
  } catch (thrown) {
    if (!(thrown instanceof DeviceError)) throw thrown;
  }
}
