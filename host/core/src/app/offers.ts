import { DelayHandle, delayWaits, I2cHandle } from "../bus/i2c/wasi-i2c.ts";
import { usbOffers } from "../bus/usb/offers.ts";
import type { DeviceModules } from "../device/module.ts";
import { deviceModules } from "../device/modules.ts";
import { boardLog, timeWaits } from "../interfaces/busbar-board.ts";
import type { Offer } from "../link/grant.ts";
import { appBoardI2c, appBoardSettings, appBoardTime } from "./board.ts";
import type { AppContext, AppGrants } from "./context.ts";
import { opened } from "./opened.ts";
import { appEnvironment, appExit, appStderr, appStdin, appStdout, terminals } from "./wasi/cli.ts";
import { appMonotonicClock, appWallClock } from "./wasi/clocks.ts";
import { appFilesystem, appPreopens } from "./wasi/filesystem/index.ts";
import { appPoll, pollWaits } from "./wasi/poll.ts";
import { appInsecureRandom, appInsecureSeed, appRandom } from "./wasi/random.ts";
import { appErrors, appStreams, streamWaits } from "./wasi/streams.ts";

/** Devices are granted by name: an app that may use none does not get their interfaces either. */
const devices = {
  granted: ({ entry }: AppGrants) => entry.uses.length > 0,
  grantLine: '"uses": ["indoor"]',
  // Behind each function is a driver, in this thread or elsewhere.
  waits: "all",
} as const;
/** Every WASI 0.2 release has these interfaces unchanged; the version is the newest one known. */
const wasi = { version: "0.2.12", granted: () => true, grantLine: "" };

/** For an app that was composed with its drivers, or drives devices itself. */
const i2c = {
  granted: ({ wired }: AppGrants) => [...wired.values()].some((entry) => entry.i2c !== undefined),
  grantLine: '"uses" with a device that has "i2c" and no "driver"',
};
const usb = {
  granted: ({ wired }: AppGrants) => [...wired.values()].some((entry) => entry.usb !== undefined),
  grantLine: '"uses" with a device that has "usb" and no "driver"',
};
const board = { version: "0.1.0", granted: () => true, grantLine: "" };

/** What an app can import of devices. */
function deviceOffers(modules: DeviceModules): Offer<AppGrants, AppContext>[] {
  return modules.flatMap((module) => {
    const { path, version, app } = module;
    if (app === undefined) return [];
    const implement = (context: AppContext) =>
      app(context, (name) => opened(context, name, () => context.devices.device(name, module)));
    return [{ ...devices, path, version, implement }];
  });
}

/** What an app can import besides. */
const others: readonly Offer<AppGrants, AppContext>[] = [
  { ...devices, version: "0.1.0", path: "busbar:device/errors", granted: () => true, grantLine: "" },
  { ...i2c, path: "wasi:i2c/i2c", version: "0.2.0-draft", implement: () => ({ I2c: I2cHandle }) },
  {
    ...i2c,
    path: "wasi:i2c/delay",
    version: "0.2.0-draft",
    implement: () => ({ Delay: DelayHandle }),
    waits: delayWaits,
  },
  { ...i2c, path: "busbar:board/i2c", version: "0.1.0", implement: appBoardI2c },
  ...usbOffers(usb, (context: AppContext) => context.usb),
  { ...board, path: "busbar:board/settings", implement: appBoardSettings },
  { ...board, path: "busbar:board/time", implement: appBoardTime, waits: timeWaits },
  // Of drivers that were composed into it: which of them speaks is not known here.
  {
    ...board,
    path: "busbar:board/log",
    implement: (context) => boardLog({ ...context, device: context.app }),
  },
  { ...wasi, path: "wasi:cli/stdin", implement: appStdin },
  { ...wasi, path: "wasi:cli/stdout", implement: appStdout },
  { ...wasi, path: "wasi:cli/stderr", implement: appStderr },
  { ...wasi, path: "wasi:cli/environment", implement: appEnvironment },
  { ...wasi, path: "wasi:cli/exit", implement: appExit },
  ...Object.entries(terminals).map(([name, implement]) => ({ ...wasi, path: `wasi:cli/${name}`, implement })),
  // Without "folder" in the app's entry there are no folders in it: a program that only might use one still runs.
  { ...wasi, path: "wasi:filesystem/preopens", implement: appPreopens },
  { ...wasi, path: "wasi:filesystem/types", implement: appFilesystem },
  { ...wasi, path: "wasi:io/error", implement: appErrors },
  { ...wasi, path: "wasi:io/poll", implement: appPoll, waits: pollWaits },
  { ...wasi, path: "wasi:io/streams", implement: appStreams, waits: streamWaits },
  { ...wasi, path: "wasi:clocks/monotonic-clock", implement: appMonotonicClock },
  { ...wasi, path: "wasi:clocks/wall-clock", implement: appWallClock },
  { ...wasi, path: "wasi:random/random", implement: appRandom },
  { ...wasi, path: "wasi:random/insecure", implement: appInsecureRandom },
  { ...wasi, path: "wasi:random/insecure-seed", implement: appInsecureSeed },
];

/** Everything that an app can import. @param modules the kinds of devices that there are */
export function appOffersOf(modules: DeviceModules): readonly Offer<AppGrants, AppContext>[] {
  return [...deviceOffers(modules), ...others];
}

/** Everything that an app can import of a host without modules from outside. */
export const appOffers = appOffersOf(deviceModules);
