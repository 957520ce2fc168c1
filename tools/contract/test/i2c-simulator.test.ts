import { parseBoard } from "@busbar/host";
import type { I2cBackend } from "@busbar/host/backend";
import { simulate, VirtualClock } from "@busbar/sim";
import { i2cBackendContract } from "../src/i2c-backend.ts";

const { simulate: entries } = parseBoard({
  devices: {},
  simulate: [{ i2c: "sim", address: "0x50", model: "registers", registers: {} }],
});
const backend: I2cBackend = simulate(entries, new VirtualClock());

i2cBackendContract({
  name: "simulator",
  open: () => backend.openI2c("sim")!,
  longestBlock: 200,
  anyTransaction: true,
});
