import type { BusOpened } from "../opened.ts";
import type { AppRun, DrivenDevice } from "../running.ts";
import type { GpioBackend } from "./backend.ts";
import type { GpioGrant } from "./grant.ts";
import { answerLater, openGpio } from "./open.ts";
import type { OpenedGpio } from "./opened.ts";
import type { GpioCounts } from "./use.ts";

/** A device that an app drives itself, and that is wired to GPIO lines. */
export type GpioAppDevice = DrivenDevice<GpioGrant, GpioCounts>;

/** The lines of the devices that an app drives itself; those of each are opened when the first is asked for, and closed with the run. */
export class AppGpio implements BusOpened {
  readonly #devices: ReadonlyMap<string, GpioAppDevice>;
  readonly #backends: readonly GpioBackend[];
  readonly #run: AppRun;
  readonly #opened = new Map<string, Promise<OpenedGpio>>();
  /** Whether lines of any of them may give promises. */
  readonly answersLater: boolean;

  constructor(devices: readonly GpioAppDevice[], backends: readonly GpioBackend[], run: AppRun) {
    this.#devices = new Map(devices.map((device) => [device.name, device]));
    this.#backends = backends;
    this.#run = run;
    this.answersLater = answerLater(backends);
  }

  /** A device of the app that is wired to GPIO lines. */
  device(name: string): GpioAppDevice | undefined {
    return this.#devices.get(name);
  }

  /**
   * The lines of a device.
   *
   * @throws BackendError when one of them is not there, or cannot be used; another call tries again
   */
  open({ name, grant, counts }: GpioAppDevice): Promise<OpenedGpio> {
    let opened = this.#opened.get(name);
    if (opened === undefined) {
      const { clock, trace } = this.#run;
      opened = openGpio({ device: name, clock, trace }, grant, counts, this.#backends);
      opened.catch(() => this.#opened.delete(name));
      this.#opened.set(name, opened);
    }
    return opened;
  }

  async end(): Promise<void> {
    const ended = [...this.#opened.values()].map((opened) =>
      opened.then(
        (lines) => lines.end(),
        () => undefined,
      ),
    );
    await Promise.all(ended);
  }
}
