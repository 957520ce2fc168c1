/** What every I2C controller must do: @busbar/contract. */

import { join } from "node:path";
import { type I2cControllerContract, i2cControllerContract } from "@busbar/contract";

const common: Omit<I2cControllerContract, "simulated" | "longest"> = {
  component: join(import.meta.dirname, "../dist/i2c-tiny-usb.wasm"),
  wired: { usb: { vendorId: "0x0403", productId: "0xC631", interfaces: [0], allow: ["device-requests"] } },
  bus: "subject",
  shapes: "any",
  notAcknowledged: { address: "address", data: "unknown" },
  badSettings: [
    { "delay-microseconds": 0 },
    { "longest-message": 0 },
    { "longest-message": 65_536 },
    { "clock-khz": 100 },
  ],
};

const part = { usb: "1-1", model: "./model.js", behind: { i2c: "far" } } as const;

i2cControllerContract("i2c-tiny-usb", {
  ...common,
  simulated: [part],
  longest: { write: 254, read: 254 },
});
i2cControllerContract("i2c-tiny-usb with long transfers", {
  ...common,
  settings: { "longest-message": 65_535 },
  simulated: [{ ...part, longest: 65_535 }],
  longest: { write: 300, read: 300 },
});
