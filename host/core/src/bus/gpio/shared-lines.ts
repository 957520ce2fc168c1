import type { WiredEntry } from "../module.ts";
import type { GpioGrant, GpioLineGrant } from "./grant.ts";

/**
 * What a board's lines contradict: a line that two would drive, or that is wired to nothing at all.
 *
 * @returns what is wrong, as `BusModule.refuse` has it
 */
export function refuseSharedLines(wired: readonly WiredEntry<GpioGrant>[]): string | undefined {
  const owners = new Map<string, { readonly entry: string; readonly key: string }>();
  for (const { place: entry, grant } of wired) {
    const lines = Object.entries(grant.lines);
    if (lines.length === 0) return `"${entry}" is wired to no GPIO line; add one to its "lines"`;
    for (const [key, line] of lines) {
      if (line.debounceMs !== undefined && line.direction !== "in") {
        return `the line "${key}" of "${entry}" is no mere input; remove its "debounceMs"`;
      }
      if (line.drive !== undefined && line.direction === "in") {
        return `the line "${key}" of "${entry}" is no output; remove its "drive"`;
      }
      // As JSON, so that the name "a b" of one chip is never the line "b" of another.
      const where = JSON.stringify([line.chip, line.line]);
      const owner = owners.get(where);
      if (owner !== undefined) {
        const first = `the line "${owner.key}" of "${owner.entry}"`;
        const second = `the line "${key}" of "${entry}"`;
        return `${first} and ${second} are both ${describeLine(line)}; remove one of them`;
      }
      owners.set(where, { entry, key });
    }
  }
  return undefined;
}

/** Which line it is, as people read it: 'line 17 of chip 0'. */
export function describeLine({ chip, line }: Pick<GpioLineGrant, "chip" | "line">): string {
  return `line ${JSON.stringify(line)} of chip ${JSON.stringify(chip)}`;
}
