/**
 * Puts an app and the components that it uses into one component, the way `wac plug` does: the app's imports that a
 * plug exports are wired to it, all other imports become imports of the whole, and only the app's exports remain. The
 * parts go into the result as they are, byte by byte.
 */

import { readMetadata } from "@busbar/host";
import { writeBinary } from "@busbar/host/component";
import { BuildError, messageOf } from "../error.ts";
import { metadataSections } from "../metadata.ts";
import { concatenate } from "../sections.ts";
import { composition } from "./composition.ts";
import { type Part, readPart } from "./part.ts";
import { wire } from "./wiring.ts";

/**
 * Composes components of any language and engine.
 *
 * An interface that several of them import is one import of the result, so that a resource of it is the same for all;
 * of several versions that serve each other it is the newest. The result keeps the app's name and version.
 *
 * @param app its imports decide what is wired
 * @param plugs each must serve an import of the app; no two the same one
 * @throws BuildError: a part that is no component, a plug that serves nothing, two that serve the same, interfaces of
 *   one name that differ; the message names the interfaces
 */
export async function composeComponents(app: Part, plugs: readonly Part[]): Promise<Uint8Array> {
  if (plugs.length === 0) throw new BuildError(`There is nothing to compose ${app.name} with; name a plug.`);
  const parts = [app, ...plugs].map(readPart);
  const body = composition(parts, wire(parts[0]!, parts.slice(1)));
  const whole = concatenate([
    writeBinary(body, new Map(parts.map(({ body: part, bytes }) => [part, bytes]))),
    ...metadataSections(readMetadata(app.bytes)),
  ]);
  await validate(whole);
  return whole;
}

/** Reading the interfaces of a component validates it, with all types of its parts. */
async function validate(component: Uint8Array): Promise<void> {
  const { componentWit } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  try {
    await componentWit(component);
  } catch (cause) {
    throw new BuildError(
      `The components do not fit together: ${messageOf(cause)}; build them against the same interfaces.`,
      { cause },
    );
  }
}
