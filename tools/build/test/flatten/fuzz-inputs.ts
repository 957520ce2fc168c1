/// <reference lib="dom" />

/** Damaged components, and what must hold of flattening each. Shared by the test and by `pnpm fuzz`. */

import type { FuzzTarget, Random } from "@busbar/fuzz";
import { HostError } from "@busbar/host";
import { readBinary, writeBinary } from "@busbar/host/component";
import { printable } from "../../../../host/core/src/text.ts";
import { damage } from "../../../../host/core/test/linker/binaries.ts";
import { sampleComponents } from "../../../../host/core/test/linker/samples.ts";
import { BuildError } from "../../src/error.ts";
import { Budget } from "../../src/flatten/budget.ts";
import { readCoreModule } from "../../src/flatten/core-module.ts";
import { flattenComponent, notTaken } from "../../src/flatten/flatten.ts";
import { readInterface } from "./read-interface.ts";
import { samples } from "./samples.ts";

/**
 * Damages the linker's samples and those of flattening anywhere, or these only in their core modules. One that takes long is
 * not refused in proportion.
 */
export async function flattenTarget(): Promise<FuzzTarget<Uint8Array>> {
  const own = await samples();
  const all = [...(await sampleComponents()), ...own];
  return {
    input: (random) => (random(2) === 0 ? damage(all, random) : damageCode(own[random(own.length)]!, random)),
    exercise: refusedOrValid,
    limitMs: 100,
  };
}

/** Changes a few bytes of one core module: many are still valid then, and do something else. */
export function damageCode(component: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const { definitions } = readBinary(component);
  const modules = definitions.filter((definition) => definition.op === "core module");
  const chosen = modules[random(modules.length)]!;
  const bytes = chosen.bytes.slice();
  for (let left = 1 + random(3); left > 0; left -= 1)
    bytes[8 + random(bytes.length - 8)] = random(4) === 0 ? random(256) : random(16);
  return writeBinary({ definitions: definitions.with(definitions.indexOf(chosen), { ...chosen, bytes }) });
}

/**
 * Flattens whatever it is.
 *
 * @returns whether that was possible
 * @throws when it is neither refused nor a core module that an engine takes, has nothing that it may not have, and an
 *   interface that can be read
 */
export function refusedOrValid(bytes: Uint8Array): boolean {
  let module: Uint8Array<ArrayBuffer>;
  try {
    module = flattenComponent({ name: "x.wasm", bytes });
  } catch (error) {
    if (!(error instanceof BuildError || error instanceof HostError)) throw error;
    if (error.message.includes(notTaken)) throw error;
    if (
      !/^x\.wasm (?:is|cannot be) .*[^.]\.$/.test(error.message) ||
      printable(error.message, 1000) !== error.message
    )
      throw new Error(`no sentence for people: ${error.message}`);
    return false;
  }
  if (!WebAssembly.validate(module)) throw new Error("what came of it is no core module");
  const problem = readCoreModule(module, new Budget()).bodies.find(
    (body) => body.problem !== undefined,
  )?.problem;
  if (problem !== undefined) throw problem;
  readInterface(module);
  return true;
}
