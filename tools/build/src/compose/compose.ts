/**
 * Puts an app and the components that it uses into one component, the way `wac plug` does: the app's imports that a
 * plug exports are wired to it, all other imports become imports of the whole, and only the app's exports remain.
 *
 * The parts go into the result as they are, byte by byte. Around them goes what wasm-tools reads from a short text.
 */

import { readMetadata } from "@busbar/host";
import { BuildError, messageOf } from "../error.ts";
import { metadataSections } from "../metadata.ts";
import { concatenate, outermostSections, sectionId, writeUnsigned } from "../sections.ts";
import { writeComposition } from "./composed-text.ts";
import { type Part, readPart } from "./part.ts";
import { readScope } from "./scope.ts";
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
  const wiring = wire(readPart(app), parts.slice(1));
  const scopes = await Promise.all(parts.map(readScope));
  const { text, order } = writeComposition(parts, scopes, wiring);
  const composed = await read(text, [app, ...plugs].map(({ name }) => name).join(", "));
  const whole = concatenate([
    withParts(
      composed,
      order.map((position) => parts[position]?.bytes ?? new Uint8Array()),
    ),
    ...metadataSections(readMetadata(app.bytes)),
  ]);
  await validate(whole);
  return whole;
}

async function read(text: string, names: string): Promise<Uint8Array> {
  const { parse } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  try {
    return await parse(text);
  } catch (cause) {
    // The message repeats the whole text; what is wrong with it stands at its end.
    const why = /Custom\("([^"]*)"\)/.exec(messageOf(cause))?.[1] ?? "a name is malformed";
    throw new BuildError(`${names} cannot be composed: ${why}; build them again.`, { cause });
  }
}

/** Puts the parts where the empty components are, and drops the names that the text gave to everything. */
function withParts(composed: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  let next = 0;
  const sections = outermostSections(composed).flatMap(({ id, start, end }) => {
    if (id === sectionId.custom) return [];
    const part = id === sectionId.component ? parts[next++] : undefined;
    if (part === undefined) return [composed.subarray(start, end)];
    return [Uint8Array.from([sectionId.component, ...writeUnsigned(part.length)]), part];
  });
  return concatenate([composed.subarray(0, 8), ...sections]);
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
