/** What every I2C controller must do: @busbar/contract. */

import { join } from "node:path";
import { i2cControllerContract } from "@busbar/contract";

const common = {
  component: join(import.meta.dirname, "../dist/tca9548a.wasm"),
  wired: { i2c: { bus: "near", address: ["0x70", "0x50", "0x51"] } },
  longest: { write: 300, read: 300 },
  shapes: "any",
  notAcknowledged: { address: "address", data: "data" },
  badSettings: [{ part: "PCA9547" }, { idle: "first" }, { channels: 8 }],
} as const;

const part = (parameters: object) =>
  ({ i2c: "near", address: "0x70", model: "./model.js", ...parameters }) as const;

i2cControllerContract("TCA9548A", {
  ...common,
  wired: { i2c: { bus: "near", address: ["0x70", "0x50", "0x51"] } },
  simulated: [part({ buses: [null, null, null, null, null, null, null, "far"] })],
  bus: "subject:7",
});
i2cControllerContract("TCA9546A that stays connected", {
  ...common,
  wired: { i2c: { bus: "near", address: ["0x70", "0x50", "0x51"] } },
  settings: { part: "TCA9546A", idle: "last" },
  simulated: [part({ part: "TCA9546A", buses: ["far"] })],
  bus: "subject:0",
});
