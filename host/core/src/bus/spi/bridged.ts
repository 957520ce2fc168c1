import type { Bridge, BridgedPlace, Bridges } from "../../bridge/bridge.ts";
import { BridgedBusHandle, type BridgedBusRules } from "../../bridge/bridged-bus.ts";
import { bridgeWith, busNumber } from "../../bridge/place.ts";
import { type SpiController, spiController } from "../../device/spi-controller/index.ts";
import type { SpiBackend, SpiBusName, SpiDevice, SpiOperation, SpiWiring } from "./backend.ts";
import { SpiError } from "./error.ts";

/** The SPI buses behind the bridges of an open board. */
export class BridgedSpi implements SpiBackend<Promise<Uint8Array[]>> {
  readonly name = "bridges";
  readonly answersLater = true;
  readonly #bridges: Bridges;

  constructor(bridges: Bridges) {
    this.#bridges = bridges;
  }

  openSpi(bus: SpiBusName, wiring: SpiWiring): BridgedSpiDevice | undefined {
    const found = bridgeWith(spiController, bus, this.#bridges, "SPI bus", wiring.device);
    return found && new BridgedSpiDevice(found.bridge, found.place, wiring);
  }
}

/** As `BridgedBus.prepare`. */
export async function prepareSpi(bridge: Bridge, place: BridgedPlace): Promise<void> {
  if (bridge.exports(spiController)) busNumber(place, (await bridge.device(spiController)).buses);
}

const rules: BridgedBusRules<SpiController> = {
  controller: spiController,
  failure: (cause) => new SpiError("other", cause.message, { cause }),
  isFailure: (thrown) => thrown instanceof SpiError,
};

class BridgedSpiDevice extends BridgedBusHandle<SpiController> implements SpiDevice<Promise<Uint8Array[]>> {
  readonly #wiring: SpiWiring;

  constructor(bridge: Bridge, place: BridgedPlace, wiring: SpiWiring) {
    super(bridge, place, rules);
    this.#wiring = wiring;
  }

  transaction(operations: readonly SpiOperation[]): Promise<Uint8Array[]> {
    return this.use((controller, bus) => controller.transaction(bus, this.#wiring, operations));
  }
}
