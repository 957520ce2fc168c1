/** A driver that is plain JavaScript: a test does through it what any driver could, as far as its entry of the board lets it. */

import { readComponent } from "@busbar/host";
import type { LoadedComponent } from "@busbar/host/backend";

/** The name under which its functions are. */
const EXPORTED = "busbar:contract/client";

/**
 * A component whose guest is `make`.
 *
 * @param imported the one interface that it imports, with its version where the host wants one: "busbar:board/gpio@0.1.0"
 * @param make gets what the host has of that, and gives the functions that it exports as `client`
 */
export function scriptedClient(imported: string, make: (given: unknown) => object): LoadedComponent {
  return {
    label: "client",
    interface: readComponent(bytesOf(imported), "client"),
    start: async ({ imports }) => {
      const client = make((imports as Record<string, unknown>)[imported.replace(/@.*/, "")]);
      return { exports: { [EXPORTED]: client, client } as never, end: () => undefined };
    },
  };
}

/** The smallest component with that import, and one export: Binary.md of the component model. */
function bytesOf(imported: string): Uint8Array {
  return Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00],
    // An empty instance type, to which the import refers; the export is the imported instance.
    ...section(7, [1, 0x42, 0]),
    ...section(10, [1, 0x00, ...text(imported), 0x05, 0x00]),
    ...section(11, [1, 0x00, ...text(EXPORTED), 0x05, 0x00, 0x00]),
  );
}

function section(id: number, contents: readonly number[]): number[] {
  return [id, contents.length, ...contents];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [bytes.length, ...bytes];
}
