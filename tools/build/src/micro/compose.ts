/** Puts the engine and a driver's glue together as a component of the driver's world. */

import { type Definition, LinkError, readBinary, writeBinary } from "@busbar/host/component";
import { place, renumber } from "../component/placed.ts";
import { engineName } from "./glue.ts";

/** Indices that nothing else has. */
const engineIndex = -1;

/**
 * In an empty component of the world the glue takes the place of the core module, and gets the engine in addition.
 *
 * @param empty as wit-component makes it
 */
export function composeDriver(
  empty: Uint8Array<ArrayBuffer>,
  engine: Uint8Array<ArrayBuffer>,
  glue: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const placed = place(readBinary(empty).definitions);
  const main = placed.findIndex(({ definition }) => definition.op === "core module");
  const instance = placed.findIndex(
    ({ definition }) => definition.op === "core instantiate" && definition.module === placed[main]?.index,
  );
  const made = placed[instance]?.definition;
  if (made?.op !== "core instantiate") throw new LinkError("a world without functions");
  const withEngine: Definition = {
    ...made,
    args: [...made.args, { name: engineName, instance: engineIndex }],
  };
  const definitions = renumber([
    ...placed.slice(0, main),
    { sort: "core module", index: engineIndex, definition: { op: "core module", bytes: engine } },
    {
      sort: "core instance",
      index: engineIndex,
      definition: { op: "core instantiate", module: engineIndex, args: [] },
    },
    { ...placed[main]!, definition: { op: "core module", bytes: glue } },
    ...placed.slice(main + 1, instance),
    { ...placed[instance]!, definition: withEngine },
    ...placed.slice(instance + 1),
  ]);
  return writeBinary({ definitions });
}
