import { HostError } from "@busbar/host";

/** A component of a package, as its package.json's "busbar" has it, and one of its "variants". */
interface Part {
  /** The bus that it drives its part over; absent of what is no driver. */
  readonly bus?: unknown;
  /** A file, relative to the package. */
  readonly component: string;
}

/**
 * Chooses the component of a package. Pure, so that `host/verdicts/packages.json` tests it, and the other hosts.
 *
 * @param name the package's, for messages
 * @param busbar what its package.json has under "busbar"
 * @param wired the buses that the entry of the board is wired to; none for an app, and where a person names the package. Of a
 *   package with components for several of them it is the first
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
  if (typeof main.bus !== "string" || wired.length === 0) return main.component;
  const { variants } = busbar as { variants?: unknown };
  const parts = [main, ...(Array.isArray(variants) ? variants : []).flatMap((each) => partOf(each) ?? [])];
  const fitting = parts.find(({ bus }) => wired.some((each) => each === bus));
  if (fitting !== undefined) return fitting.component;
  const buses = parts.flatMap(({ bus }) => (typeof bus === "string" ? [JSON.stringify(bus)] : []));
  const asked = wired.map((bus) => `"${bus}"`).join(" or ");
  throw new HostError(
    "component",
    `${name} has no driver for ${asked}; it has one for ${buses.join(" and one for ")}.`,
  );
}

function partOf(value: unknown): Part | undefined {
  const { bus, component } = (value ?? {}) as { bus?: unknown; component?: unknown };
  return typeof component === "string" ? { bus, component } : undefined;
}
