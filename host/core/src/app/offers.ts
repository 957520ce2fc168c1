import { type BusModule, type BusModules, grantOf } from "../bus/module.ts";
import type { DeviceModule, DeviceModules } from "../device/module.ts";
import { deviceModules } from "../device/modules.ts";
import { boardLog, timeWaits } from "../interfaces/busbar-board.ts";
import { pollWaits, wasiPoll } from "../interfaces/wasi-poll.ts";
import { busOffer } from "../link/bus-offer.ts";
import type { Offer } from "../link/grant.ts";
import { builtIn } from "../modules.ts";
import { appBoardSettings, appBoardTime } from "./board.ts";
import type { AppContext, AppGrants } from "./context.ts";
import { opened } from "./opened.ts";
import { appEnvironment, appExit, appStderr, appStdin, appStdout, terminals } from "./wasi/cli.ts";
import { appMonotonicClock, appWallClock } from "./wasi/clocks.ts";
import { appFilesystem, appPreopens } from "./wasi/filesystem/index.ts";

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

const board = { version: "0.1.0", granted: () => true, grantLine: "" };

/** What an app can import whatever it drives itself. */
const common: readonly Offer<AppGrants, AppContext>[] = [
  { ...devices, version: "0.1.0", path: "busbar:device/errors", granted: () => true, grantLine: "" },
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
  { ...wasi, path: "wasi:io/poll", implement: wasiPoll, waits: pollWaits },
  { ...wasi, path: "wasi:io/streams", implement: appStreams, waits: streamWaits },
  { ...wasi, path: "wasi:clocks/monotonic-clock", implement: appMonotonicClock },
  { ...wasi, path: "wasi:clocks/wall-clock", implement: appWallClock },
  { ...wasi, path: "wasi:random/random", implement: appRandom },
  { ...wasi, path: "wasi:random/insecure", implement: appInsecureRandom },
  { ...wasi, path: "wasi:random/insecure-seed", implement: appInsecureSeed },
];

/** Everything that an app can import, with what this host has by itself. */
export const appOffers: readonly Offer<AppGrants, AppContext>[] = allOffers(builtIn, deviceModules);

/**
 * Everything that an app can import. What is not here cannot be granted at all.
 *
 * @param modules the buses that its devices can be wired to
 * @param kinds the kinds of devices that there are
 */
export function appOffersOf(
  modules: BusModules,
  kinds: DeviceModules,
): readonly Offer<AppGrants, AppContext>[] {
  const isBuiltIn = modules === builtIn && kinds === deviceModules;
  return isBuiltIn ? appOffers : allOffers(modules, kinds);
}

function allOffers(modules: BusModules, kinds: DeviceModules): Offer<AppGrants, AppContext>[] {
  return [...kinds.flatMap(kindOffers), ...common, ...modules.flatMap(busOffers)];
}

/** A kind of device that apps can have. */
function kindOffers(module: DeviceModule): Offer<AppGrants, AppContext>[] {
  const { path, version, app } = module;
  if (app === undefined) return [];
  const implement = (context: AppContext) =>
    app(context, (name) => opened(context, name, () => context.devices.device(name, module)));
  return [{ ...devices, path, version, implement }];
}

/** For an app that was composed with its drivers, or drives devices itself. */
function busOffers(module: BusModule): Offer<AppGrants, AppContext>[] {
  const granted = ({ wired }: AppGrants) =>
    [...wired.values()].some((entry) => grantOf(module, entry) !== undefined);
  const grantLine = `"uses" with a device that has "${module.key}" and no "driver"`;
  return module.appOffers.map((offer) => busOffer(module, offer, { granted, grantLine }));
}
