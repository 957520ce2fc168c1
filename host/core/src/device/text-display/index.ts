import { appInterface } from "../app-device.ts";
import type { DeviceModule } from "../module.ts";
import { TextDisplayResource } from "./app.ts";
import { TextDisplay } from "./text-display.ts";

export type { TextDisplay };

/** Displays of characters. `board.textDisplay(name)`. */
export const textDisplay: DeviceModule<TextDisplay, "textDisplay"> = {
  kind: "textDisplay",
  path: "busbar:device/text-display",
  version: "0.1.0",
  open: async ({ name, start }) => TextDisplay.open(name, await start()),
  app: appInterface(TextDisplayResource),
};
