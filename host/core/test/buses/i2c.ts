import { FakeBus } from "../fakes.ts";
import type { BusFixture } from "./bus-fixture.ts";

export const fixture: BusFixture = {
  parts: [
    { bus: 1, address: "0x76" },
    { bus: 1, address: "0x70" },
  ],
  backend: () => new FakeBus(),
  async resources(interfaceOf, device) {
    const { open, openDelay } = interfaceOf("busbar:board/i2c");
    const { bus } = open!(device) as { bus: object };
    return { I2c: bus, Delay: openDelay!() as object };
  },
  sleeping: ["wasi:i2c/delay"],
  hostOnly: ["belongsTo"],
};
