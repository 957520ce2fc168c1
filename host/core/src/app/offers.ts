import type { AppEntry } from "../board/schema.ts";
import type { Offer } from "../link/grant.ts";
import type { AppContext } from "./context.ts";
import { appSensors, appTextDisplays } from "./devices.ts";
import { appErrors, appMonotonicClock, appPoll, appStdout, appStreams, appWallClock } from "./wasi.ts";

/** Devices are granted by name: an app that may use none does not get their interfaces either. */
const devices = {
  version: "0.1.0",
  granted: ({ uses }: AppEntry) => uses.length > 0,
  grantLine: '"uses": ["indoor"]',
};
/** Every WASI 0.2 release has these interfaces unchanged; the version is the newest one known. */
const wasi = { version: "0.2.12", granted: () => true, grantLine: "" };

/** Everything that an app can import. */
export const appOffers: readonly Offer<AppEntry, AppContext>[] = [
  { ...devices, path: "busbar:device/sensor", implement: appSensors },
  { ...devices, path: "busbar:device/text-display", implement: appTextDisplays },
  { ...devices, path: "busbar:device/errors", granted: () => true },
  { ...wasi, path: "wasi:cli/stdout", implement: appStdout },
  { ...wasi, path: "wasi:io/error", implement: appErrors },
  { ...wasi, path: "wasi:io/poll", implement: appPoll },
  { ...wasi, path: "wasi:io/streams", implement: appStreams },
  { ...wasi, path: "wasi:clocks/monotonic-clock", implement: appMonotonicClock },
  { ...wasi, path: "wasi:clocks/wall-clock", implement: appWallClock },
];
