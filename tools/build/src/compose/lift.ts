/** The imports of a composition: what no plug serves, one import for all components that ask for the same interface. */

import { parseInterfaceName, serves } from "@busbar/host";
import type { Import, ReadPart } from "./part.ts";
import type { PlugExport } from "./wiring.ts";

/** An import of the composed component. */
export interface LiftedImport {
  /** The newest version that one of the components asks for, which serves them all. */
  name: string;
  /** The imports that become this one, and the positions of their components. */
  readonly sources: { readonly component: number; readonly import: Import }[];
}

/**
 * Groups the imports that stay. Versions that do not serve each other are imports of their own.
 *
 * @param parts all components; the app is the first
 * @param wiring what the app gets from plugs
 * @returns by the components' own imports
 */
export function lift(
  parts: readonly ReadPart[],
  wiring: ReadonlyMap<string, PlugExport>,
): ReadonlyMap<Import, LiftedImport> {
  const lifted = new Map<Import, LiftedImport>();
  for (const [component, { importing }] of parts.entries()) {
    for (const each of importing) {
      if (component === 0 && wiring.has(each.name)) continue;
      const shared = [...lifted.values()].find((other) => isShared(other, each));
      const target = shared ?? { name: each.name, sources: [] };
      target.sources.push({ component, import: each });
      if (newer(each.name, target.name)) target.name = each.name;
      lifted.set(each, target);
    }
  }
  return lifted;
}

function isShared({ name, sources }: LiftedImport, candidate: Import): boolean {
  if (sources[0]?.import.description.sort !== candidate.description.sort) return false;
  return name === candidate.name || newer(name, candidate.name) || newer(candidate.name, name);
}

/** Whether `left` is another version of the same interface that serves whoever asks for `right`. */
function newer(left: string, right: string): boolean {
  const offer = parseInterfaceName(left);
  const ask = parseInterfaceName(right);
  return left !== right && offer.path === ask.path && serves(offer.version, ask.version);
}
