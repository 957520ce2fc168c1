/** What every I2C controller must do: @busbar/contract. */

import { join } from "node:path";
import { i2cControllerContract } from "@busbar/contract";

i2cControllerContract("MCP2221A", {
  component: join(import.meta.dirname, "../dist/mcp2221a.wasm"),
  wired: { usb: { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] } },
  simulated: [{ usb: "1-1", model: "./model.js", behind: { i2c: "far" } }],
  bus: "subject",
  longest: { write: 300, read: 300 },
  shapes: ["r", "w", "wr", "ww"],
  notAcknowledged: { address: "address", data: "unknown" },
  badSettings: [{ "clock-khz": 46 }, { "clock-khz": 401 }, { speed: 100 }],
});
