import { FakeChip, type GpioImports } from "../gpio-fakes.ts";
import type { BusFixture } from "./bus-fixture.ts";

const linesOn = (chip: number) => ({
  lines: {
    ready: { chip, line: 1, direction: "in" },
    relay: { chip, line: 2, direction: "out" },
    data: { chip, line: 3, direction: "in-out" },
  },
});

export const fixture: BusFixture = {
  parts: [linesOn(0), linesOn(1)],
  backend: () => new FakeChip(),
  async resources(interfaceOf, device) {
    const board = interfaceOf("busbar:board/gpio") as unknown as GpioImports["busbar:board/gpio"];
    const input = await board.openIn(device, "ready");
    return {
      DigitalInPin: input,
      DigitalOutPin: await board.openOut(device, "relay"),
      DigitalInOutPin: await board.openInOut(device, "data"),
      Edges: board.watchEdges(input),
      Pollable: input.watchForReady(),
    };
  },
  sleeping: ["wasi:gpio/delay"],
  handing: { watchEdges: "DigitalInPin" },
  hostOnly: ["belongsTo", "arrive", "change"],
};
