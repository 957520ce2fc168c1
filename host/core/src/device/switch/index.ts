import { appInterface } from "../app-device.ts";
import { requireDuration } from "../duration.ts";
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
  // Closing it switches it off, so that there is no command that only switches it on.
  commands: (device, { clock, signal }) => ({
    async on(forMs: unknown = Number.POSITIVE_INFINITY) {
      requireDuration(device.name, "time", forMs as number);
      await device.set(true);
      // It ends in either way, and well.
      await clock.sleep(forMs as number, signal).catch(() => undefined);
      await device.set(false);
    },
  }),
};
