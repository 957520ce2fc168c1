/** What every I2C controller must do: @busbar/contract. */

import { join } from "node:path";
import { i2cControllerContract } from "@busbar/contract";

i2cControllerContract("CP2112", {
  component: join(import.meta.dirname, "../dist/cp2112.wasm"),
  wired: { usb: { vendorId: "0x10C4", productId: "0xEA90", interfaces: [0] } },
  simulated: [{ usb: "1-1", model: "./model.js", behind: { i2c: "far" } }],
  bus: "subject",
  longest: { write: 61, read: 512 },
  shapes: ["r", "w", "wr"],
  notAcknowledged: { address: "address", data: "data" },
  badSettings: [{ "clock-khz": 9 }, { "clock-khz": 401 }, { speed: 100 }],
});
