import { ComponentArtifact, Pace } from "@busbar/host/backend";

/** Time that stands still: nothing here is held or ended. */
const pace = new Pace(() => new Promise((resolve) => setImmediate(resolve)));

/** Runs a component the way a host does. Every function of the host may give a promise. */
export async function instantiate<Exports>(
  component: Uint8Array,
  imports: Readonly<Record<string, unknown>>,
): Promise<Exports> {
  const artifact = await ComponentArtifact.load("the component", component);
  const { exports } = await artifact.start({
    imports,
    memoryMiB: 64,
    waits: () => true,
    check: () => undefined,
    now: () => 0,
    pace,
  });
  return exports as Exports;
}
