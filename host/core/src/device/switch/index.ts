import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { SwitchResource } from "./app.ts";
import { Switch } from "./switch.ts";

export type { Switch };

/** Switches: what is on or off as a program says. `board.switch(name)`. */
export const switchModule: DeviceModule<Switch, "switch"> = {
  kind: "switch",
  path: "busbar:device/switch",
  version: "0.1.0",
  open: async ({ name, start }) => Switch.open(name, await start()),
  app: appInterface(SwitchResource),
};
