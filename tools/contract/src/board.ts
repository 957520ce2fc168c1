import { dirname } from "node:path";
import type { OpenBoard } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import type { Settings } from "./forms.ts";

/** One device of a board file, and the chip that the simulator puts there. */
export interface SimulatedDevice {
  /** The path of the built component. */
  readonly component: string;
  /** As in the board file: "0x44". */
  readonly address: string;
  /** The name of the chip's model, which is looked for from the component's folder on. */
  readonly model: string;
  /** The model's parameters. */
  readonly parameters?: object;
  readonly settings?: Settings;
}

/** A board whose one device is called "indoor", with a clock that nobody waits for. */
export function simulatedBoard({
  component,
  address,
  model,
  parameters,
  settings = {},
}: SimulatedDevice): Promise<OpenBoard> {
  return openBoard(
    {
      devices: { indoor: { driver: component, i2c: { bus: "sim", address }, settings } },
      simulate: [{ i2c: "sim", address, model, ...parameters }],
    },
    { clock: new VirtualClock(), simulate, i2c: [], folder: dirname(component) },
  );
}
