/** What a world, or a finished component, imports and exports. */

import { type Extern, readComponent } from "@busbar/host";
import { type WorldFunction, worldFunctions } from "./asynchronous/functions.ts";
import { namesIn, worldText } from "./asynchronous/names.ts";
import { isAsynchronous } from "./asynchronous/refusals.ts";
import { BuildError } from "./error.ts";
import { exportedFunctions } from "./exported-functions.ts";
import { explainWit } from "./wit-error.ts";

/** A world as a component of it would have it: types' interfaces included. */
export interface WorldInterface {
  /** "i2c-sensor-driver". */
  readonly name: string;
  /** "wasi:i2c/i2c@0.2.0-draft", in the order of the world. */
  readonly imports: readonly string[];
  /** "busbar:device/sensor@0.1.0", or a plain name for a function. */
  readonly exports: readonly string[];
  /** The functions that a component of it exports: "busbar:device/sensor@0.1.0#open". */
  readonly functions: readonly string[];
  /** The same functions and the imported ones, as far as they decide which ABI a component of it needs. */
  readonly signatures: readonly WorldFunction[];
}

/**
 * Reads a world off an empty component of it, the same way as a finished component is read: so the two can be
 * compared name by name, and what a `use` brings in is not forgotten.
 *
 * @throws BuildError when the WIT does not resolve
 */
export async function readWorld(witFolder: string, name: string): Promise<WorldInterface> {
  try {
    const component = await emptyComponent(witFolder, name);
    const text = await worldText(component);
    const signatures = await worldFunctions(witFolder, namesIn(text), text);
    const { imports, exports } = isAsynchronous(signatures) ? namesIn(text) : interfaceOf(component);
    return { name, imports, exports, functions: exportedFunctions(component, exports), signatures };
  } catch (error) {
    throw await explainWit(witFolder, name, error);
  }
}

/** A component of a world whose functions do nothing, as wit-component makes it. @throws where the WIT does not resolve */
export async function emptyComponent(witFolder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { componentEmbed, componentNew } = await import("@bytecodealliance/jco-transpile/wasm-tools");
  const core = await componentEmbed({ dummy: true, witPath: witFolder, world: name });
  return new Uint8Array(await componentNew(core, []));
}

/**
 * The names that a component imports and exports, read off its binary. Types are left out: a world-level `use` makes
 * a name for a type of another import, which gives the component nothing.
 */
export function interfaceOf(component: Uint8Array): Pick<WorldInterface, "imports" | "exports"> {
  const { imports, exports } = readComponent(component, "The component");
  const names = (list: readonly Extern[]) =>
    list.filter(({ kind }) => kind !== "type").map(({ name }) => name);
  return { imports: names(imports), exports: names(exports) };
}

/** How JavaScript calls an export: "busbar:device/text-display@0.1.0" is `textDisplay`. */
export function exportName(name: string): string {
  const plain = /\/([a-z0-9-]+)(?:@.*)?$/i.exec(name)?.[1] ?? name;
  return plain.replace(/-+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
}

/** The same of a component of any world: the host's reader does not know the types of the asynchronous ABI. */
export async function namesOf(
  component: Uint8Array,
  { signatures }: WorldInterface,
): Promise<Pick<WorldInterface, "imports" | "exports">> {
  return isAsynchronous(signatures) ? namesIn(await worldText(component)) : interfaceOf(component);
}

/**
 * Checks that a component has no import that its world does not declare, and every export that it does.
 *
 * @param actual what it has
 * @throws BuildError with the names that are too many or missing
 */
export function checkAgainstWorld(
  actual: Pick<WorldInterface, "imports" | "exports">,
  world: WorldInterface,
): void {
  const extra = actual.imports.filter((name) => !world.imports.includes(name));
  if (extra.length > 0) {
    throw new BuildError(
      `The finished component imports ${extra.join(", ")}, which world "${world.name}" does not declare; ` +
        "a host would refuse it.",
    );
  }
  const missing = world.exports.filter((name) => !actual.exports.includes(name));
  if (missing.length > 0) {
    throw new BuildError(
      `The finished component lacks the export ${missing.join(", ")} of world "${world.name}".`,
    );
  }
}
