import type { EntryPlace } from "../board/entries.ts";
import type { CommonEntry } from "../board/entry.ts";
import type { ComponentInterface } from "../component/interface.ts";
import { parseInterfaceName, serves } from "../component/interface-name.ts";
import { HostError } from "../error.ts";
import type { InstanceContext } from "../instance/context.ts";

/** An interface that the host can give to a component; a driver's by default. */
export interface Offer<Entry = CommonEntry, Context = InstanceContext> {
  /** Package and interface, without version: "wasi:i2c/i2c". */
  readonly path: string;
  readonly version: string;
  /** Whether an entry of the board grants it. */
  granted(entry: Entry): boolean;
  /** The line that an operator adds to the entry to grant it. */
  readonly grantLine: string;
  /** The implementation for one instance: functions in camelCase, resources as classes; undefined where there are only types. */
  implement?(context: Context): object;
  /**
   * The functions that may give a promise, by their names in the component model: "[method]delay.delay-ns". Only what
   * really waits is one: a call that suspends the guest costs several times what a plain call costs. Where that depends on what the
   * instance has, a function of it.
   */
  readonly waits?: readonly string[] | "all" | ((context: Context) => readonly string[]);
}

/** The component that asks, and its place in the board file. */
export interface Asking<Entry> {
  readonly place: EntryPlace | "apps";
  /** Its name there. */
  readonly name: string;
  readonly entry: Entry;
  /** How messages name the component. */
  readonly label: string;
}

/**
 * Finds an offer for each import of a component. Nothing of it runs.
 *
 * @throws HostError with code "not-granted": the component, the first import that is not granted, and the line to add
 */
export function grantedOffers<Entry, Context>(
  offers: readonly Offer<Entry, Context>[],
  component: ComponentInterface,
  asking: Asking<Entry>,
): Offer<Entry, Context>[] {
  return (
    component.imports
      // A type by itself (a world's `use`) gives no access: whatever makes a value of it is another import.
      .filter(({ kind }) => kind !== "type")
      .map(({ name }) => grantedOffer(offers, name, asking))
  );
}

/** Which functions of these offers may give a promise to one instance. */
export function waitingIn<Entry, Context>(
  offers: readonly Offer<Entry, Context>[],
  context: Context,
): (host: { readonly path: string; readonly name: string }) => boolean {
  const waits = new Map(
    offers.map(({ path, waits = [] }) => [path, typeof waits === "function" ? waits(context) : waits]),
  );
  return ({ path, name }) => {
    const functions = waits.get(parseInterfaceName(path).path);
    return functions === "all" || functions?.includes(name) === true;
  };
}

/** The implementations for one instance, by paths without version. */
export function implementations<Entry, Context>(
  offers: readonly Offer<Entry, Context>[],
  context: Context,
): Record<string, object> {
  const imports: Record<string, object> = {};
  for (const offer of offers) {
    if (offer.implement !== undefined) imports[offer.path] = offer.implement(context);
  }
  return imports;
}

function grantedOffer<Entry, Context>(
  offers: readonly Offer<Entry, Context>[],
  imported: string,
  { place, name, entry, label }: Asking<Entry>,
): Offer<Entry, Context> {
  const { path, version } = parseInterfaceName(imported);
  const samePath = offers.filter((offer) => offer.path === path);
  const offer = samePath.find((candidate) => serves(candidate.version, version));
  if (offer === undefined) {
    const what = place === "apps" ? "app" : "driver";
    const why =
      samePath.length === 0
        ? `which no line of a board file can grant; use another ${what}`
        : `but this host has ${versionsOf(samePath)}; build the ${what} for that`;
    throw new HostError("not-granted", `${name}: ${label} imports ${imported}, ${why}.`);
  }
  if (!offer.granted(entry)) {
    throw new HostError(
      "not-granted",
      `${name}: ${label} imports ${imported}, which the board does not grant; ` +
        `add ${offer.grantLine} to "${place}.${name}".`,
    );
  }
  return offer;
}

function versionsOf(offers: readonly { readonly version: string }[]): string {
  const versions = offers.map(({ version }) => version).filter((version) => version !== "");
  return versions.length === 0 ? "it without a version" : `version ${versions.join(", ")}`;
}
