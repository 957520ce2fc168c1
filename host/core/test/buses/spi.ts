import { FakeSpi } from "../spi-fakes.ts";
import type { BusFixture } from "./bus-fixture.ts";

export const fixture: BusFixture = {
  parts: [
    { bus: 0, chipSelect: 0 },
    { bus: 0, chipSelect: 1 },
  ],
  backend: () => new FakeSpi(),
  async resources(interfaceOf, device) {
    return { SpiDevice: interfaceOf("wasi:spi/spi").open!(device) as object };
  },
  hostOnly: ["belongsTo"],
};
