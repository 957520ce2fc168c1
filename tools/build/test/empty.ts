import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { DriverWorld } from "../src/driver-world.ts";
import { stageWit } from "../src/wit.ts";

/** A small component of a world that traps in every function: enough to be read and transpiled, and made quickly. */
export async function emptyComponent(world: string | DriverWorld): Promise<Uint8Array> {
  await using wit = await stageWit({ world });
  return componentNew(await componentEmbed({ dummy: true, witPath: wit.folder, world: wit.world }), []);
}
