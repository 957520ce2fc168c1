import type { CommonEntry } from "./entry.ts";
import type { AnyBoard } from "./schema.ts";

/** A list of a board file whose entries are wired to buses. */
export type EntryPlace = "bridges" | "devices";

/** An entry that is wired to buses, and where the board file has it. */
export interface PlacedEntry<Entry extends CommonEntry = CommonEntry> {
  readonly place: EntryPlace;
  readonly name: string;
  readonly entry: Entry;
}

/** All entries of a board that are wired to buses, bridges first. No two have the same name. */
export function entriesOf<Entry extends CommonEntry>(
  board: { readonly devices: Readonly<Record<string, Entry>> } & {
    readonly bridges: Readonly<Record<string, Entry>>;
  },
): PlacedEntry<Entry>[] {
  const placed = (place: EntryPlace) =>
    Object.entries(board[place]).map(([name, entry]) => ({ place, name, entry }));
  return [...placed("bridges"), ...placed("devices")];
}

/** The entry of a name, whichever list has it; undefined where none does. */
export function entryOf({ bridges, devices }: Pick<AnyBoard, "bridges" | "devices">, name: string) {
  const list = Object.hasOwn(bridges, name) ? bridges : devices;
  return Object.hasOwn(list, name) ? list[name] : undefined;
}
