/** What every I2C controller and every GPIO controller must do: @busbar/contract. */

import { join } from "node:path";
import { gpioControllerContract, i2cControllerContract } from "@busbar/contract";
import { SimulatedI2cBus } from "@busbar/sim";
import { Mcp2221a } from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/mcp2221a.wasm");
const wired = { usb: { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] } };

i2cControllerContract("MCP2221A", {
  component,
  wired,
  simulated: [{ usb: "1-1", model: "./model.js", behind: { i2c: "far" } }],
  bus: "subject",
  longest: { write: 300, read: 300 },
  shapes: ["r", "w", "wr", "ww"],
  notAcknowledged: { address: "address", data: "unknown" },
  badSettings: [{ "clock-khz": 46 }, { "clock-khz": 401 }, { speed: 100 }],
});

gpioControllerContract("MCP2221A", {
  component,
  wired,
  part: (pins, clock) => new Mcp2221a({ wires: new SimulatedI2cBus().wires(), pins }, clock),
  lines: ["GP0", "GP1", "GP2", "GP3"],
  hasOpenDrain: false,
  pulls: [],
});
