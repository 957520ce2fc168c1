import { prepareComponent } from "@busbar/host/backend";
import { sha256 } from "./check.ts";
import { RecordingStore } from "./store.ts";

/** What a bundle keeps of its components. */
export interface PreparedFiles {
  /** The file of what was prepared, by its key: what a lock has as "prepared". */
  readonly keys: Readonly<Record<string, string>>;
  /** The contents of each file, by its path in the bundle. What several components have is there once. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Prepares components as this host does when it loads them.
 *
 * @param components each with its label for messages
 * @throws HostError with code "component" where one is none, or cannot be linked
 */
export async function prepareForBundle(
  components: Iterable<readonly [label: string, bytes: Uint8Array]>,
): Promise<PreparedFiles> {
  const store = new RecordingStore();
  for (const [label, bytes] of components) {
    // What Node reads may lie in a buffer with other things.
    const own = Uint8Array.from(bytes);
    store.add(own);
    const { plan, module } = await prepareComponent(own, label, store);
    for (let index = 0; index < plan.modules.length; index += 1) await module(index);
  }
  const keys: Record<string, string> = {};
  const files = new Map<string, Uint8Array>();
  for (const [key, bytes] of store.entries) {
    const file = `prepared/${sha256(bytes)}`;
    keys[key] = file;
    files.set(file, bytes);
  }
  return { keys, files };
}
