import { HostError } from "@busbar/host";

/** A component of a package, as its package.json's "busbar" has it, and one of its "variants". */
interface Part {
  /** The buses that it drives its part over, all of them at once; none of what is no driver. */
  readonly buses: readonly string[];
  /** A file, relative to the package. */
  readonly component: string;
}

/**
 * Chooses the component of a package. Pure, so that `host/verdicts/packages.json` tests it, and the other hosts.
 *
 * @param name the package's, for messages
 * @param busbar what its package.json has under "busbar"
 * @param wired the buses that the entry of the board is wired to; none for an app, and where a person names the package. Of a
 *   package with several components for them it is the one that uses most of them, and of those the first
 * @returns the component's file, relative to the package
 * @throws HostError with code "component" when the package is no driver, or none for these buses
 */
export function componentOfPackage(name: string, busbar: unknown, wired: readonly string[]): string {
  const main = partOf(busbar);
  if (main === undefined) {
    throw new HostError(
      "component",
      `${name} is no driver: its package.json has no "busbar": { "component" }.`,
    );
  }
  if (main.buses.length === 0 || wired.length === 0) return main.component;
  const { variants } = busbar as { variants?: unknown };
  const parts = [main, ...(Array.isArray(variants) ? variants : []).flatMap((each) => partOf(each) ?? [])];
  const fits = ({ buses }: Part) => buses.length > 0 && buses.every((bus) => wired.includes(bus));
  const [best] = parts.filter(fits).sort((one, other) => other.buses.length - one.buses.length);
  if (best !== undefined) return best.component;
  // As JSON: a package may have any text there.
  const known = parts.flatMap(({ buses }) => (buses.length > 0 ? [shown(buses, " with ")] : []));
  throw new HostError(
    "component",
    `${name} has no driver for ${shown(wired, " or ")}; it has one for ${known.join(" and one for ")}.`,
  );
}

function shown(buses: readonly string[], between: string): string {
  return buses.map((bus) => JSON.stringify(bus)).join(between);
}

function partOf(value: unknown): Part | undefined {
  const { bus, component } = (value ?? {}) as { bus?: unknown; component?: unknown };
  if (typeof component !== "string") return undefined;
  const listed = Array.isArray(bus) ? bus : [bus];
  const buses = listed.filter((each) => typeof each === "string");
  // A list with anything else in it says nothing that is known.
  return { buses: buses.length === listed.length ? buses : [], component };
}
