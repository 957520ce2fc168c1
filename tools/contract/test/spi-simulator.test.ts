import { parseBoard } from "@busbar/host";
import type { SpiBackend } from "@busbar/host/backend";
import { simulate, VirtualClock } from "@busbar/sim";
import { spiBackendContract } from "../src/spi-backend.ts";

const { simulate: entries } = parseBoard({
  devices: {},
  simulate: [{ spi: "sim", chipSelect: 3, model: "spi-loopback" }],
});
const backend: SpiBackend = simulate(entries, new VirtualClock());
const wiring = { device: "x", chipSelect: 3, mode: 0, maximumHz: 1_000_000, bitOrder: "msb-first" } as const;

spiBackendContract({
  name: "simulator",
  open: (changed) => backend.openSpi("sim", { ...wiring, ...changed })!,
  answer: (sent) => sent,
  anyWiring: true,
});
