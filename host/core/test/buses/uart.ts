import { FakeUart } from "../uart-fakes.ts";
import type { BusFixture } from "./bus-fixture.ts";

export const fixture: BusFixture = {
  parts: [{ port: "ttyUSB0" }, { port: "ttyUSB1" }],
  backend: () => {
    const uart = new FakeUart();
    return {
      name: "fake",
      openUart: (_: string, ...rest: [never]) => uart.openUart("ttyUSB0", ...rest),
      hasUart: () => true,
      watchUart: uart.watchUart.bind(uart),
    };
  },
  async resources(interfaceOf, device) {
    return { Port: (await interfaceOf("busbar:board/uart").open!(device)) as object };
  },
  hostOnly: ["belongsTo"],
};
