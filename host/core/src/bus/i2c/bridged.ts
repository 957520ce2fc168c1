import type { Bridge, BridgedPlace, BridgeLife, Bridges } from "../../bridge/bridge.ts";
import { bridgedPlace, busNumber } from "../../bridge/place.ts";
import { i2cController } from "../../device/i2c-controller/index.ts";
import { BackendError } from "../../error.ts";
import type { I2cBackend, I2cBus, I2cBusName, I2cOperation, I2cUse } from "./backend.ts";
import { I2cError } from "./error.ts";

/** The I2C buses behind the bridges of an open board. */
export class BridgedI2c implements I2cBackend<Promise<Uint8Array[]>> {
  readonly name = "bridges";
  readonly answersLater = true;
  readonly #bridges: Bridges;

  constructor(bridges: Bridges) {
    this.#bridges = bridges;
  }

  openI2c(bus: I2cBusName, use?: I2cUse): BridgedI2cBus | undefined {
    const place = bridgedPlace(bus);
    const bridge = place && this.#bridges.get(place.bridge);
    if (bridge === undefined) return undefined;
    if (!bridge.exports(i2cController)) {
      throw new BackendError(
        `${use?.device ?? bridge.name}: the bridge "${bridge.name}" has no I2C bus; wire the device to another one.`,
      );
    }
    return new BridgedI2cBus(bridge, place!);
  }
}

/** As `BridgedBus.prepare`. */
export async function prepareI2c(bridge: Bridge, place: BridgedPlace): Promise<void> {
  if (!bridge.exports(i2cController)) return;
  busNumber(place, (await bridge.device(i2cController)).buses);
}

/** One bus of a bridge. What its driver throws is an I2cError here. */
class BridgedI2cBus implements I2cBus<Promise<Uint8Array[]>> {
  readonly #bridge: Bridge;
  readonly #place: BridgedPlace;
  /** That it was opened in. A later one, after a trap, goes on with the same device. */
  readonly #life: BridgeLife | undefined;
  #closed = false;

  constructor(bridge: Bridge, place: BridgedPlace) {
    this.#bridge = bridge;
    this.#place = place;
    this.#life = bridge.lastLife;
  }

  get lost(): string | undefined {
    return this.#life?.lost;
  }

  async transaction(address: number, operations: readonly I2cOperation[]): Promise<Uint8Array[]> {
    if (this.#closed) throw new I2cError({ tag: "other" }, "this bus was closed");
    try {
      const controller = await this.#bridge.device(i2cController);
      const number = busNumber(this.#place, controller.buses);
      return await controller.transaction(number, address, operations);
    } catch (thrown) {
      if (thrown instanceof I2cError || !(thrown instanceof Error)) throw thrown;
      throw new I2cError({ tag: "other" }, thrown.message, { cause: thrown });
    }
  }

  close(): void {
    this.#closed = true;
  }
}
