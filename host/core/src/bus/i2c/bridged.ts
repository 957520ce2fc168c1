import type { Bridge, BridgedPlace, Bridges } from "../../bridge/bridge.ts";
import { BridgedBusHandle, type BridgedBusRules } from "../../bridge/bridged-bus.ts";
import { bridgeWith, busNumber } from "../../bridge/place.ts";
import { type I2cController, i2cController } from "../../device/i2c-controller/index.ts";
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
    const found = bridgeWith(i2cController, bus, this.#bridges, "I2C bus", use?.device);
    return found && new BridgedI2cBus(found.bridge, found.place, rules);
  }
}

/** As `BridgedBus.prepare`. */
export async function prepareI2c(bridge: Bridge, place: BridgedPlace): Promise<void> {
  if (bridge.exports(i2cController)) busNumber(place, (await bridge.device(i2cController)).buses);
}

const rules: BridgedBusRules<I2cController> = {
  controller: i2cController,
  failure: (cause) => new I2cError({ tag: "other" }, cause.message, { cause }),
  isFailure: (thrown) => thrown instanceof I2cError,
};

class BridgedI2cBus extends BridgedBusHandle<I2cController> implements I2cBus<Promise<Uint8Array[]>> {
  transaction(address: number, operations: readonly I2cOperation[]): Promise<Uint8Array[]> {
    return this.use((controller, bus) => controller.transaction(bus, address, operations));
  }
}
