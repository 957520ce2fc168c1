import type { DeviceModule } from "../device/module.ts";
import type { Bridge, BridgedPlace, BridgeLife } from "./bridge.ts";
import { busNumber } from "./place.ts";

/** What a bridge's driver exports of a kind of bus. */
type Controller = AsyncDisposable & { readonly buses: number };

/** What is a kind of bus's own. */
export interface BridgedBusRules<Exported extends Controller> {
  readonly controller: DeviceModule<Exported>;
  /** The bus's error out of what went wrong before it. */
  failure(cause: Error): Error;
  /** Whether something thrown is the bus's error already. */
  isFailure(thrown: unknown): boolean;
}

/**
 * One bus of a bridge, as somebody has it opened: the bridge's driver is started when it is used, and again after a trap. All that is thrown
 * is the bus's error.
 */
export class BridgedBusHandle<Exported extends Controller> {
  readonly #bridge: Bridge;
  readonly #place: BridgedPlace;
  readonly #rules: BridgedBusRules<Exported>;
  /** That it was opened in. A later one, after a trap, goes on with the same device. */
  readonly #life: BridgeLife | undefined;
  #closed = false;

  constructor(bridge: Bridge, place: BridgedPlace, rules: BridgedBusRules<Exported>) {
    this.#bridge = bridge;
    this.#place = place;
    this.#rules = rules;
    this.#life = bridge.lastLife;
  }

  /** Why its device is not there any more, as one sentence without its end; undefined while it is. */
  get lost(): string | undefined {
    return this.#life?.lost;
  }

  /** Uses the controller, of which the bus has this number. @throws the bus's error */
  async use<Result>(run: (controller: Exported, bus: number) => Promise<Result>): Promise<Result> {
    try {
      // Started before its turn: while its device is waited for, others have theirs.
      const controller = await this.#bridge.device(this.#rules.controller);
      const bus = busNumber(this.#place, controller.buses);
      return await this.#bridge.turns.take(async () => {
        if (this.#closed) throw new Error("this bus was closed");
        return run(controller, bus);
      });
    } catch (thrown) {
      if (this.#rules.isFailure(thrown) || !(thrown instanceof Error)) throw thrown;
      throw this.#rules.failure(thrown);
    }
  }

  /** Closing twice is legal. */
  close(): void {
    this.#closed = true;
  }
}
