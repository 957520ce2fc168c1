/** What a component exports, as its places: functions to be lifted, and resources of its own. */

import {
  type Export,
  hostDefined,
  type Lifted,
  LinkError,
  type Plan,
  type ResourceType,
} from "@busbar/host/component";
import type { Place } from "./names.ts";

/** A function that a component lifts and exports. */
export interface ExportedFunction extends Place {
  readonly lifted: Lifted;
}

/** See above. */
export interface Exported {
  readonly functions: readonly ExportedFunction[];
  /** Where each resource of the component's own is exported; the first place is the one it is named after. */
  readonly resources: ReadonlyMap<ResourceType, readonly Place[]>;
}

/** @throws LinkError for exports that a core module cannot stand for */
export function exportedBy({ exports }: Plan): Exported {
  const functions: ExportedFunction[] = [];
  const resources = new Map<ResourceType, Place[]>();
  const isOwn = (resource: ResourceType) => resource.definer !== hostDefined;
  const add = (place: Place, exported: Export): void => {
    switch (exported.sort) {
      case "func":
        if (!("lifted" in exported.item))
          throw new LinkError(`it exports ${place.name}, a function of the host's, as its own`);
        functions.push({ ...place, lifted: exported.item.lifted });
        return;
      case "type":
        if (exported.resource !== undefined && isOwn(exported.resource))
          resources.set(exported.resource, [...(resources.get(exported.resource) ?? []), place]);
        return;
      default:
        throw new LinkError(`it exports ${place.name}, which is no function`);
    }
  };
  for (const [name, exported] of exports) {
    if (exported.sort !== "instance") add({ interface: "", name }, exported);
    else for (const [inner, each] of exported.exports) add({ interface: name, name: inner }, each);
  }
  return { functions, resources };
}
