import { type BusModules, wiredBuses } from "../bus/module.ts";
import { HostError } from "../error.ts";
import type { PlatformServices } from "./drivers.ts";
import { entriesOf } from "./entries.ts";
import type { AnyBoard } from "./schema.ts";

/**
 * Refuses a board with an entry that is wired by a bus that this platform does not have, in the words of all hosts. One that has a bus
 * without any device of it says so when that is opened.
 *
 * @throws HostError with code "board"
 */
export function refuseMissingBuses(board: AnyBoard, modules: BusModules, platform: PlatformServices): void {
  for (const { place, name, entry } of entriesOf(board)) {
    const missing = wiredBuses(modules, entry).find(({ module: { key } }) => !(key in platform));
    if (missing !== undefined) {
      throw new HostError(
        "board",
        `"${place}.${name}" is wired by "${missing.module.key}", which this host does not have; ` +
          "run this board on a host that has it.",
      );
    }
  }
}
