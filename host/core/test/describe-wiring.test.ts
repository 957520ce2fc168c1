import { expect, test } from "vitest";
import { parseBoard } from "../src/board/parse.ts";
import { describeWiring } from "../src/board/wiring.ts";

const board = parseBoard({
  devices: {
    simulated: { driver: "x", i2c: { bus: "sim", address: ["0x76", "0x08"] } },
    real: { driver: "x", i2c: { bus: 1, address: "0x76" } },
    stick: {
      driver: "x",
      usb: { vendorId: "0x41", productId: 2, class: 8, serialNumber: "A\u0007", port: "1-2.3" },
    },
    both: { driver: "x", i2c: { bus: 2, address: "0x40" }, usb: { class: "0x03" } },
    adc: { driver: "x", spi: { bus: 0, chipSelect: 1 } },
    flash: { driver: "x", spi: { bus: "sim\u0007", chipSelect: 0 } },
    alone: { driver: "x" },
  },
  simulate: [
    { i2c: "sim", address: "0x76", model: "m" },
    { spi: "sim\u0007", chipSelect: 0, model: "m" },
  ],
});

test.each([
  ["simulated", 'bus "sim" (simulated) at 0x76, 0x08'],
  ["real", "bus 1 at 0x76"],
  ["stick", "USB device 0x0041:0x0002, class 0x08, serial number A\\u{7}, on port 1-2.3"],
  ["both", "bus 2 at 0x40, USB device class 0x03"],
  ["adc", "SPI bus 0 at chip select 1"],
  ["flash", 'SPI bus "sim\\u0007" (simulated) at chip select 0'],
  ["alone", "no bus"],
  ["unknown", "no bus"],
])("%s: %s", (device, description) => {
  expect(describeWiring(board, device)).toBe(description);
});
