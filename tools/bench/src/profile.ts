import { Session } from "node:inspector/promises";

/** Whose code a place in a profile is; the first that fits. */
const owners: readonly (readonly [owner: string, fits: (url: string, name: string) => boolean])[] = [
  ["garbage collection", (_, name) => name === "(garbage collector)"],
  ["idle", (_, name) => name === "(idle)"],
  ["guest engine", (url) => url.startsWith("wasm:")],
  ["host", (url) => /\/host\/(core|node)\//.test(url) || url.includes("@busbar/host")],
  ["simulator", (url) => /\/tools\/sim\//.test(url)],
  ["this measurement", (url) => /\/tools\/bench\//.test(url)],
  ["V8 and Node (stack switching, timers)", () => true],
];

/**
 * Runs something under V8's sampling profiler.
 *
 * @returns for a person: each owner's share of the samples, the largest first, idle time left out
 */
export async function profiled(run: () => Promise<unknown>): Promise<string> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  await run();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const hits = new Map<string, number>();
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    const [owner] = owners.find(([, fits]) => fits(callFrame.url, callFrame.functionName))!;
    if (owner !== "idle") hits.set(owner, (hits.get(owner) ?? 0) + hitCount);
  }
  const total = [...hits.values()].reduce((sum, count) => sum + count, 0);
  return [...hits]
    .sort(([, left], [, right]) => right - left)
    .map(([owner, count]) => `${owner} ${((count / total) * 100).toFixed(0)} %`)
    .join(", ");
}
