import { type BusModule, type BusModules, grantOf } from "../bus/module.ts";
import { boardLog, boardSettings, boardTime, timeWaits } from "../interfaces/busbar-board.ts";
import { builtIn } from "../modules.ts";
import { busOffer } from "./bus-offer.ts";
import type { Offer } from "./grant.ts";

const always = { granted: () => true, grantLine: "" };

/** What a driver can import on whatever bus it is. */
const common: readonly Offer[] = [
  { ...always, path: "busbar:board/settings", version: "0.1.0", implement: boardSettings },
  { ...always, path: "busbar:board/time", version: "0.1.0", implement: boardTime, waits: timeWaits },
  { ...always, path: "busbar:board/log", version: "0.1.0", implement: boardLog },
  { ...always, path: "busbar:device/errors", version: "0.1.0" },
];

/** Everything that a driver can import, with the buses that this host has by itself. */
export const offers: readonly Offer[] = [...common, ...builtIn.flatMap(busOffers)];

/** Everything that a driver can import. What is not here cannot be granted at all. */
export function offersOf(modules: BusModules): readonly Offer[] {
  return modules === builtIn ? offers : [...common, ...modules.flatMap(busOffers)];
}

/** An entry that is wired to a bus grants all that the bus has for drivers. */
function busOffers(module: BusModule): Offer[] {
  const granted = (entry: object) => grantOf(module, entry) !== undefined;
  const { grantLine } = module;
  return module.offers.map((offer) => busOffer(module, offer, { granted, grantLine }));
}

/** The device interfaces that a driver can export, by the name that programs use for the kind of device. */
export const deviceInterfaces = {
  sensor: { path: "busbar:device/sensor", version: "0.1.0" },
  textDisplay: { path: "busbar:device/text-display", version: "0.1.0" },
  hid: { path: "busbar:device/hid", version: "0.1.0" },
  serialPort: { path: "busbar:device/serial-port", version: "0.1.0" },
  blockDevice: { path: "busbar:device/block-device", version: "0.1.0" },
  camera: { path: "busbar:device/camera", version: "0.1.0" },
  usbEcho: { path: "busbar:device/usb-echo", version: "0.1.0" },
} as const;

/**
 * A kind of device: what `board.sensor(name)` and its siblings give. A "component" is one of somebody else's, whose
 * functions take their handles as parameters: `board.component(name)` calls them.
 */
export type DeviceKind = keyof typeof deviceInterfaces | "component";
