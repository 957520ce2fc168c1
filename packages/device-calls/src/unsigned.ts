/** A u32 of 2^31 and more, which usages of vendor pages are, arrives negative in a QuickJS guest, and has to leave it so. */

/** What the records of busbar:device/hid call a u32 that can be that large. */
const usages: ReadonlySet<string> = new Set(["usage", "unit", "minimum", "maximum"]);

/** An answer of a human interface device, with its usages as they are. */
export function unsigned(answer: unknown): unknown {
  return withUsages(answer, (usage) => usage >>> 0);
}

/** A parameter for a human interface device, with its usages as the engine takes them. */
export function signed(parameter: unknown): unknown {
  return withUsages(parameter, (usage) => usage | 0);
}

function withUsages(value: unknown, change: (usage: number) => number): unknown {
  if (Array.isArray(value)) return value.map((each) => withUsages(each, change));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).map(([name, each]) => {
    return [name, usages.has(name) ? change(each as number) : withUsages(each, change)];
  });
  return Object.fromEntries(entries);
}
