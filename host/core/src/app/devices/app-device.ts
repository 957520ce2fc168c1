import type { AppContext } from "../context.ts";
import { closeQuietly } from "./opened.ts";

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

  /** The app dropped it; its driver closes it in its own time. */
  [Symbol.dispose](): void {
    void closeQuietly(this.#device);
  }
}
