/** What every I2C and every SPI controller must do: @busbar/contract. */

import { join } from "node:path";
import { i2cControllerContract, spiControllerContract } from "@busbar/contract";
import { Ch341a } from "../src/model.ts";

i2cControllerContract("CH341A", {
  component: join(import.meta.dirname, "../dist/ch341a.wasm"),
  wired: { usb: { vendorId: "0x1A86", productId: "0x5512", interfaces: [0] } },
  simulated: [{ usb: "1-1", model: "./model.js", behind: { i2c: "far" } }],
  bus: "subject",
  longest: { write: 300, read: 300 },
  shapes: "any",
  notAcknowledged: { address: "address", data: "data" },
  badSettings: [{ "clock-khz": 200 }, { "clock-khz": 0 }, { speed: 100 }],
});

spiControllerContract("CH341A", {
  component: join(import.meta.dirname, "../dist/ch341a.wasm"),
  wired: { usb: { vendorId: "0x1A86", productId: "0x5512", interfaces: [0] } },
  part: (spi) => new Ch341a({ spi }),
  bus: "subject",
  chipSelects: 3,
  modes: [0],
  slowestHz: 2_000_000,
  badSettings: [{ protocol: "spi" }],
});
