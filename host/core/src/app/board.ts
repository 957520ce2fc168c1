/** busbar:board as an app imports it that was composed with its drivers: each name is one of the devices wired to it. */

import type { CommonEntry } from "../board/entry.ts";
import { auditAppName } from "../interfaces/busbar-board.ts";
import type { AppContext } from "./context.ts";

/** busbar:board/settings for one app. */
export function appBoardSettings(context: AppContext) {
  return {
    get(name: string): [string, string][] {
      context.budget.check();
      const entry = context.wired.get(name);
      if (entry !== undefined) return Object.entries(entry.settings);
      auditAppName(context, name, "settings.get");
      return [];
    },
  };
}

/** busbar:board/time for one app. */
export function appBoardTime({ clock, budget }: AppContext) {
  return {
    nowMs(): number {
      budget.check();
      return clock.now();
    },
    waitMs: (ms: number): Promise<void> => budget.sleep(ms >>> 0),
  };
}

/** The devices that an app drives itself: those that it uses and that have no driver. */
export function wiredDevices(
  uses: readonly string[],
  devices: Readonly<Record<string, CommonEntry>>,
): ReadonlyMap<string, CommonEntry> {
  const used = Object.entries(devices).filter(([name]) => uses.includes(name));
  return new Map(used.filter(([, { driver }]) => driver === undefined));
}
