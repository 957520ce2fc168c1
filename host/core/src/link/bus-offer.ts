import type { BusModule, BusOffer } from "../bus/module.ts";
import type { BusOpened, OpenedBuses } from "../bus/opened.ts";
import type { Offer } from "./grant.ts";

/**
 * What a bus offers, for whoever has something opened of it.
 *
 * @param grant who gets it
 */
export function busOffer<Entry, Needed, Context extends Needed & { readonly opened: OpenedBuses }>(
  { key }: BusModule,
  { path, version, implement, waits }: BusOffer<Needed, BusOpened>,
  grant: Pick<Offer<Entry, Context>, "granted" | "grantLine">,
): Offer<Entry, Context> {
  // Linking has made sure that there is something: the entry grants it.
  const openedOf = ({ opened }: Context) => opened.get(key)!;
  return {
    path,
    version,
    ...grant,
    ...(implement && { implement: (context) => implement(context, openedOf(context)) }),
    ...(waits && { waits: (context) => waits(openedOf(context)) }),
  };
}
