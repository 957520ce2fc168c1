import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { GasMeterResource } from "./app.ts";
import { GasMeter } from "./gas-meter.ts";

export type { GasMeter };

/** Gas meters. `board.device(name, gasMeter)`. */
export const gasMeter: DeviceModule<GasMeter, "gasMeter"> = {
  kind: "gasMeter",
  path: "busbar:device/gas-meter",
  version: "0.1.0",
  open: async ({ name, start }) => GasMeter.open(name, await start()),
  app: appInterface(GasMeterResource),
};
