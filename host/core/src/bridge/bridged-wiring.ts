import type { BusCounts } from "../bus/counts.ts";
import type { BridgedBus } from "../bus/module.ts";
import type { BusOpened } from "../bus/opened.ts";
import type { BusLife, Wiring } from "../bus/running.ts";
import { unlessAborted } from "../unless-aborted.ts";
import type { BridgedPlace } from "./bridge.ts";
import type { DriverBridge } from "./driver-bridge.ts";

/** A bus of a bridge that an entry is wired to. */
export interface BehindBridge {
  readonly bridge: DriverBridge;
  readonly place: BridgedPlace;
}

/**
 * What an entry is wired to behind bridges: it is there when all of them are. When one of them loses its device, what is behind it has lost
 * its supply, and with that what its driver has set.
 */
export class BridgedWiring implements Wiring {
  readonly #wiring: Wiring;
  readonly #bus: BridgedBus;
  readonly #behind: readonly BehindBridge[];

  /** @param behind at least one */
  constructor(wiring: Wiring, bus: BridgedBus, behind: readonly BehindBridge[]) {
    this.#wiring = wiring;
    this.#bus = bus;
    this.#behind = behind;
  }

  async open(life: BusLife<BusCounts>): Promise<BusOpened> {
    for (const { bridge, place } of this.#behind) {
      const missing = await bridge.missing();
      if (missing !== undefined) life.waiting(`the bridge "${bridge.name}" is not there: ${missing}`);
      await unlessAborted(bridge.life(), life.signal);
      await unlessAborted(this.#bus.prepare(bridge, place), life.signal);
    }
    return this.#wiring.open(life);
  }

  async missing(): Promise<string | undefined> {
    for (const { bridge } of this.#behind) {
      const missing = await bridge.missing();
      if (missing !== undefined) return missing;
    }
    return this.#wiring.missing?.();
  }

  watch(listener: (event: "arrived" | "left") => void): Disposable {
    const watching = new DisposableStack();
    for (const { bridge } of this.#behind) watching.use(bridge.watch(listener));
    watching.use(this.#wiring.watch?.(listener));
    return watching;
  }

  remove(): void {
    this.#wiring.remove?.();
  }
}
