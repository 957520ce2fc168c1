import { SimulatedGpioChip, VirtualClock } from "@busbar/sim";
import { gpioBackendContract } from "../src/gpio-backend.ts";

const clock = new VirtualClock();
const chip = new SimulatedGpioChip(clock);

gpioBackendContract({
  name: "simulator",
  backend: () => ({
    name: "simulator",
    openGpioLine: (use) => (use.chip === "sim" ? chip.open(use) : undefined),
  }),
  chip: "sim",
  input: 3,
  output: 4,
  drive: (level) => chip.drive(3, level),
  level: () => chip.level(4),
  settle: () => clock.sleep(1),
});
