/** What every I2C and every SPI controller must do: @busbar/contract. */

import { join } from "node:path";
import { i2cControllerContract, spiControllerContract } from "@busbar/contract";
import { Ft232h } from "../src/model.ts";

i2cControllerContract("FT232H", {
  component: join(import.meta.dirname, "../dist/ft232h.wasm"),
  wired: {
    usb: { vendorId: "0x0403", productId: "0x6014", interfaces: [0], allow: ["device-requests"] },
  },
  simulated: [{ usb: "1-1", model: "./model.js", behind: { i2c: "far" } }],
  bus: "subject",
  longest: { write: 300, read: 300 },
  shapes: "any",
  notAcknowledged: { address: "address", data: "data" },
  badSettings: [{ "clock-khz": 9 }, { "clock-khz": 1001 }, { speed: 100 }],
});

spiControllerContract("FT232H", {
  component: join(import.meta.dirname, "../dist/ft232h.wasm"),
  wired: {
    usb: { vendorId: "0x0403", productId: "0x6014", interfaces: [0], allow: ["device-requests"] },
  },
  part: (spi, clock) => new Ft232h({ spi }, clock),
  bus: "subject",
  chipSelects: 5,
  modes: [0, 2],
  slowestHz: 458,
  settings: { protocol: "spi" },
  badSettings: [{ protocol: "uart" }, { "clock-khz": 9 }],
});
