import { behindBridges, bridgesOf } from "../bridge/order.ts";
import type { BusModules } from "../bus/module.ts";
import { type BuiltIn, builtIn } from "../modules.ts";
import { type EntryPlace, entryOf } from "./entries.ts";
import { parseBoard } from "./parse.ts";
import type { AnyBoard, Board } from "./schema.ts";

/** What an edit of the board file means for a board that is open: the names of devices, and what has to wait. */
export type BoardChange<Modules extends BusModules = BuiltIn> = ChangeOf<Board<Modules>>;

/** What an edit of any board means. */
export interface ChangeOf<Edited> {
  /** The board afterwards: as edited, but with everything that has to wait as it was. */
  readonly board: Edited;
  /** Their entries changed. Whoever has one open sees `disconnected`, and opens it again by the same name. */
  readonly replaced: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of these devices the component has other bytes than before: among those that were replaced. */
  readonly components: readonly string[];
  /** What changes only when the board is opened again, as places in the file: "apps.station", "simulate". */
  readonly later: readonly string[];
}

/**
 * Finds out what of an edited board can be done while it is open: devices come, go and change. Not so what apps are made
 * of, which they have from their start: their entries, the devices that they drive themselves and those that they use;
 * not the simulator; and not the first bridges, with what is wired to them.
 *
 * @param running the board that is open
 * @param wanted the edited one
 * @param modules the buses that its entries can be wired to
 * @param refused the names that the running board is open without
 * @throws HostError with code "board" when both together contradict each other: what has to wait is in the way of what
 *   is new
 */
export function planChange(
  running: AnyBoard,
  wanted: AnyBoard,
  modules: BusModules = builtIn,
  refused: ReadonlyMap<string, unknown> = new Map(),
): ChangeOf<AnyBoard> {
  const used = new Set(Object.values(running.apps).flatMap(({ uses }) => uses));
  const taken: Pick<AnyBoard, EntryPlace> = { bridges: {}, devices: {} };
  const change = { replaced: [] as string[], added: [] as string[], removed: [] as string[] };
  const later: string[] = [];
  // A board that was opened without bridges has nothing to ask for their buses.
  const isUnbridged = Object.keys(running.bridges).length === 0;
  for (const place of ["bridges", "devices"] as const) {
    const entries = taken[place];
    for (const name of namesOf(wanted[place], running[place])) {
      const [before, after] = [own(running[place], name), own(wanted[place], name)];
      const kind = before === undefined ? "added" : after === undefined ? "removed" : "replaced";
      const undriven = [before, after].some((entry) => entry !== undefined && entry.driver === undefined);
      const needsBridge = place === "bridges" || bridgesOf(after ?? {}, wanted.bridges, modules).length > 0;
      const waits = undriven || (kind === "removed" && used.has(name)) || (isUnbridged && needsBridge);
      if (same(before, after)) entries[name] = after!;
      else if (waits) {
        later.push(`${place}.${name}`);
        if (before !== undefined) entries[name] = before;
      } else {
        change[kind].push(name);
        if (after !== undefined) entries[name] = after;
      }
    }
  }
  for (const name of namesOf(wanted.apps, running.apps)) {
    if (!same(own(running.apps, name), own(wanted.apps, name))) later.push(`apps.${name}`);
  }
  if (!same(running.simulate, wanted.simulate)) later.push("simulate");
  const board = parseBoard(
    { ...wanted, ...taken, apps: running.apps, simulate: running.simulate },
    undefined,
    modules,
  );
  // What is behind a bridge ends with that, and gets its place behind the new one. What was refused has none before it is asked for.
  const stays = (name: string) =>
    entryOf(running, name)?.driver !== undefined &&
    entryOf(board, name) !== undefined &&
    !refused.has(name) &&
    ![...change.replaced, ...change.added].includes(name);
  const changed = [...change.replaced, ...change.added, ...change.removed];
  // A bridge that is removed is in none of its lists afterwards, and what is behind it may still name it.
  const bridges = { ...running.bridges, ...board.bridges };
  const behind = behindBridges({ bridges, devices: board.devices }, changed, modules);
  change.replaced.push(...[...behind].filter(stays));
  return { board, ...change, components: [], later };
}

function namesOf(...lists: readonly object[]): string[] {
  return [...new Set(lists.flatMap((list) => Object.keys(list)))];
}

function own<Entry>(entries: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** Both are checked boards, whose keys are in the schema's order. */
function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
