import type { BusOpened } from "../opened.ts";
import type { DrivenDevice } from "../running.ts";
import type { SpiAnswer, SpiBackend } from "./backend.ts";
import type { SpiGrant } from "./grant.ts";
import { openSpi } from "./open.ts";
import type { OpenedSpi } from "./opened.ts";
import type { SpiCounts } from "./use.ts";

/** A device that an app drives itself, and that is wired to an SPI bus. */
export type SpiAppDevice = DrivenDevice<SpiGrant, SpiCounts>;

/** The SPI devices that an app drives itself; each is opened when it is asked for, and closed with the run. */
export class AppSpi implements BusOpened {
  readonly #devices: ReadonlyMap<string, SpiAppDevice>;
  readonly #backends: readonly SpiBackend<SpiAnswer>[];
  readonly #opened = new Map<string, OpenedSpi>();
  /** Whether transactions of any of them may give promises. */
  readonly answersLater: boolean;

  constructor(devices: readonly SpiAppDevice[], backends: readonly SpiBackend<SpiAnswer>[]) {
    this.#devices = new Map(devices.map((device) => [device.name, device]));
    this.#backends = backends;
    this.answersLater = backends.some(({ answersLater }) => answersLater === true);
  }

  /** A device of the app that is wired to an SPI bus. */
  device(name: string): SpiAppDevice | undefined {
    return this.#devices.get(name);
  }

  /**
   * Opens a device; the same again is the same.
   *
   * @throws BackendError when there is no such bus, or it cannot be used
   */
  open({ name, grant, counts }: SpiAppDevice): OpenedSpi {
    let opened = this.#opened.get(name);
    if (opened === undefined) {
      opened = openSpi(name, grant, counts, this.#backends);
      this.#opened.set(name, opened);
    }
    return opened;
  }

  end(): void {
    for (const opened of this.#opened.values()) opened.end();
  }
}
