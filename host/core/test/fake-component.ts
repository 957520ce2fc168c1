import type { LoadedComponent } from "../src/component/artifact.ts";
import { readComponent } from "../src/component/interface.ts";

/**
 * A component whose guest is plain JavaScript.
 *
 * @param bytes with the imports and exports that are to be checked
 * @param instantiate gets the imports, and gives the exports
 */
export function fakeComponent(
  label: string,
  bytes: Uint8Array,
  instantiate: (imports: Record<string, unknown>) => Record<string, unknown>,
): LoadedComponent {
  return {
    label,
    interface: readComponent(bytes, label),
    start: async ({ imports }) => ({ exports: instantiate(imports), end: () => undefined }),
  };
}
