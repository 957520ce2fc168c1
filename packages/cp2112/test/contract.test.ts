/** What every I2C controller and every GPIO controller must do: @busbar/contract. */

import { join } from "node:path";
import { gpioControllerContract, i2cControllerContract } from "@busbar/contract";
import { SimulatedI2cBus } from "@busbar/sim";
import { Cp2112 } from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/cp2112.wasm");
const wired = { usb: { vendorId: "0x10C4", productId: "0xEA90", interfaces: [0] } };

i2cControllerContract("CP2112", {
  component,
  wired,
  simulated: [{ usb: "1-1", model: "./model.js", behind: { i2c: "far" } }],
  bus: "subject",
  longest: { write: 61, read: 512 },
  shapes: ["r", "w", "wr"],
  notAcknowledged: { address: "address", data: "data" },
  badSettings: [{ "clock-khz": 9 }, { "clock-khz": 401 }, { speed: 100 }],
});

gpioControllerContract("CP2112", {
  component,
  wired,
  part: (pins, clock) => new Cp2112({ wires: new SimulatedI2cBus().wires(), pins }, clock),
  lines: ["GPIO.0", "GPIO.1", "GPIO.2", "GPIO.3", "GPIO.4", "GPIO.5", "GPIO.6", "GPIO.7"],
  hasOpenDrain: true,
  pulls: [],
});
