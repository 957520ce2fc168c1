import { BackendError } from "../../error.ts";
import type { BusOpened } from "../opened.ts";
import type { DrivenDevice } from "../running.ts";
import type { UartBackend } from "./backend.ts";
import type { UartGrant } from "./grant.ts";
import { describeAbsence, openUart } from "./open.ts";
import { OpenedUart } from "./opened.ts";
import type { UartCounts } from "./use.ts";

/** A device that an app drives itself, and that is wired to a serial port. */
export type UartAppDevice = DrivenDevice<UartGrant, UartCounts>;

/** The ports of the devices that an app drives itself; each is opened when it is asked for, and closed with the run. */
export class AppUart implements BusOpened {
  readonly #devices: ReadonlyMap<string, UartAppDevice>;
  readonly #backends: readonly UartBackend[];
  readonly #opened = new Map<string, Promise<OpenedUart>>();

  constructor(devices: readonly UartAppDevice[], backends: readonly UartBackend[]) {
    this.#devices = new Map(devices.map((device) => [device.name, device]));
    this.#backends = backends;
  }

  /** A device of the app that is wired to a serial port. */
  device(name: string): UartAppDevice | undefined {
    return this.#devices.get(name);
  }

  /**
   * The port of a device, opened anew where it was unplugged.
   *
   * @throws BackendError where it is not there, or cannot be used; another call tries again
   */
  async open(device: UartAppDevice): Promise<OpenedUart> {
    const before = await this.#opened.get(device.name)?.catch(() => undefined);
    if (before !== undefined && before.lost === undefined) return before;
    await before?.end();
    const opening = this.#open(device);
    this.#opened.set(device.name, opening);
    opening.catch(() => this.#opened.delete(device.name));
    return opening;
  }

  async end(): Promise<void> {
    const ended = [...this.#opened.values()].map((opened) =>
      opened.then(
        (port) => port.end(),
        () => undefined,
      ),
    );
    await Promise.all(ended);
  }

  async #open({ name, grant, counts }: UartAppDevice): Promise<OpenedUart> {
    const port = await openUart(name, grant, this.#backends);
    if (port !== undefined) return new OpenedUart(port, grant, counts);
    throw new BackendError(`${name}: ${describeAbsence(grant, this.#backends)}.`);
  }
}
