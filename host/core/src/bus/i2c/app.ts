import type { BusOpened } from "../opened.ts";
import type { DrivenDevice } from "../running.ts";
import type { I2cAnswer, I2cBackend } from "./backend.ts";
import type { I2cGrant } from "./grant.ts";
import { openI2c } from "./open.ts";
import type { OpenedI2c } from "./opened.ts";
import type { I2cCounts } from "./use.ts";

/** A device that an app drives itself, and that is wired to an I2C bus. */
export type I2cAppDevice = DrivenDevice<I2cGrant, I2cCounts>;

/** The buses of the devices that an app drives itself; each is opened when it is asked for, and closed with the run. */
export class AppI2c implements BusOpened {
  readonly #devices: ReadonlyMap<string, I2cAppDevice>;
  readonly #backends: readonly I2cBackend<I2cAnswer>[];
  readonly #opened = new Map<string, OpenedI2c>();
  /** Whether transactions of any of them may give promises. */
  readonly answersLater: boolean;

  constructor(devices: readonly I2cAppDevice[], backends: readonly I2cBackend<I2cAnswer>[]) {
    this.#devices = new Map(devices.map((device) => [device.name, device]));
    this.#backends = backends;
    this.answersLater = backends.some(({ answersLater }) => answersLater === true);
  }

  /** A device of the app that is wired to an I2C bus. */
  device(name: string): I2cAppDevice | undefined {
    return this.#devices.get(name);
  }

  /**
   * The bus of a device.
   *
   * @throws BackendError when there is no such bus, or it cannot be used
   */
  open({ name, grant, counts }: I2cAppDevice): OpenedI2c {
    let opened = this.#opened.get(name);
    if (opened === undefined) {
      opened = openI2c(name, grant, counts, this.#backends);
      this.#opened.set(name, opened);
    }
    return opened;
  }

  end(): void {
    for (const opened of this.#opened.values()) opened.end();
  }
}
