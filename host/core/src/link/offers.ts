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
