/**
 * A component's definitions with names in the place of places: so that some can be taken out, put in and replaced without
 * a thought for the indices of all others.
 */

import type { Definition, Sort } from "@busbar/host/component";
import { mapReferences, spaceOf } from "./references.ts";

/** A definition, and the index by which others refer to it; it need not be its place any more. */
export interface Placed {
  readonly sort: Sort;
  readonly index: number;
  readonly definition: Definition;
}

/** The definitions, each with the index that it has. */
export function place(definitions: readonly Definition[]): Placed[] {
  const counts = new Map<Sort, number>();
  return definitions.map((definition) => {
    const sort = spaceOf(definition);
    const index = counts.get(sort) ?? 0;
    counts.set(sort, index + 1);
    return { sort, index, definition };
  });
}

/** The definition that others know by an index. */
export function byIndex(placed: readonly Placed[]): (sort: Sort, index: number) => Definition | undefined {
  const found = new Map(placed.map((each) => [keyOf(each.sort, each.index), each.definition]));
  return (sort, index) => found.get(keyOf(sort, index));
}

/**
 * Gives each definition the index of its place, and all that refer to it that index.
 *
 * @throws RangeError where one refers to what does not stand before it
 */
export function renumber(placed: readonly Placed[]): Definition[] {
  const counts = new Map<Sort, number>();
  const places = new Map<string, number>();
  return placed.map(({ sort, index, definition }) => {
    const renumbered = mapReferences(definition, (of, old) => {
      const found = places.get(keyOf(of, old));
      if (found === undefined)
        throw new RangeError(`a ${definition.op} refers to ${of} ${old}, which is not there`);
      return found;
    });
    const count = counts.get(sort) ?? 0;
    counts.set(sort, count + 1);
    places.set(keyOf(sort, index), count);
    return renumbered;
  });
}

/** Leaves out what neither is a root nor is needed by one. */
export function keepNeeded(placed: readonly Placed[], isRoot: (definition: Definition) => boolean): Placed[] {
  const needed = new Set<string>();
  const kept: Placed[] = [];
  // What a definition refers to stands before it.
  for (const each of placed.toReversed()) {
    if (!needed.has(keyOf(each.sort, each.index)) && !isRoot(each.definition)) continue;
    mapReferences(each.definition, (sort, index) => {
      needed.add(keyOf(sort, index));
      return index;
    });
    kept.push(each);
  }
  return kept.reverse();
}

function keyOf(sort: Sort, index: number): string {
  return `${sort} ${index}`;
}
