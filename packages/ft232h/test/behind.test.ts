/** A driver behind the bridge, in a board whose simulated part is wired to a simulated bus. */

import { join } from "node:path";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";

test("a converter reads what it reads on a simulated bus", async () => {
  const converter = (bus: string) => ({
    driver: "@busbar/mcp3008",
    spi: { bus, chipSelect: 1, maximumHz: 2_000_000 },
  });
  await using board = await openBoard(
    {
      bridges: {
        dongle: {
          driver: join(import.meta.dirname, "../dist/ft232h.wasm"),
          settings: { protocol: "spi" },
          usb: { vendorId: "0x0403", productId: "0x6014", interfaces: [0], allow: ["device-requests"] },
        },
      },
      devices: { behind: converter("dongle"), direct: converter("far") },
      simulate: [
        { usb: "1-1", model: "./dist/model.js", behind: { spi: "far" } },
        { spi: "far", chipSelect: 1, model: "@busbar/mcp3008", volts: [0.5, 3.2, 0, 1.65] },
      ],
    },
    { clock: new VirtualClock(), simulate, folder: join(import.meta.dirname, "..") },
  );
  const [behind, direct] = [await board.sensor("behind"), await board.sensor("direct")];
  const reading = await behind.read();
  expect(reading).toEqual(await direct.read());
  expect(reading.ch1).toBeCloseTo(3.2, 2);
});
