import type * as v from "valibot";

/**
 * A bus as one module: everything that the host knows of it. What reads board files, links, starts and traces goes through the list
 * of modules and knows no bus by name, so that a bus is added as a whole; `openBoard(file, { modules })` takes further ones.
 */

/** The types of one bus, by which those of a board follow from its modules. */
export interface BusTypes {
  readonly key: string;
  /** The bus's part of an entry as it is written in a board file. */
  readonly written: unknown;
  /** The same, checked: what is granted. */
  readonly grant: unknown;
  /** An entry of the board's `simulate` list as it is written; `never` where devices of this bus cannot be simulated. */
  readonly writtenSimulated: unknown;
  /** The same, checked. */
  readonly simulated: unknown;
}

/** Everything that the host knows of one bus. */
export interface BusModule<Types extends BusTypes = BusTypes> {
  /** For the type checker only: nothing is there at run time. */
  readonly types?: Types;
  /** Its key in an entry of a board file, and in a platform: "i2c". */
  readonly key: Types["key"];
  /** The key with its article, for sentences: 'an "i2c"'. */
  readonly aKey: string;
  /** Checks its part of an entry. Every check has a message of its own. */
  readonly grant: v.GenericSchema<Types["written"], Types["grant"]>;
  /** Its entries of the board's `simulate` list; absent where devices of this bus cannot be simulated. */
  readonly simulated?: SimulatedEntries;
  /** The line that an operator adds to a device's entry to grant it: '"i2c": { "bus": 1, "address": "0x76" }'. */
  readonly grantLine: string;

  /**
   * What of the entries of one board is wrong that each by itself does not show: two that contradict each other, and one that says
   * too little.
   *
   * @returns one sentence without its end that names the entries: '"devices.a" and "devices.b" ...'
   */
  refuse(wired: readonly WiredEntry<Types["grant"]>[]): string | undefined;
}

/** How devices of a bus are written in the board's `simulate` list, beside the parameters of their models. */
export interface SimulatedEntries {
  /** With the bus's own key, which says where the device is. */
  readonly entries: v.ObjectEntries;
  /** What is said where that is no place: 'expected a port such as "1-1"'. */
  readonly expected: string;
}

/** A device's entry, as far as it is about one bus. */
export interface WiredEntry<Grant> {
  /** The device's name in the board file. */
  readonly name: string;
  readonly grant: Grant;
}

/** Any modules, in the order in which an entry's parts are checked. */
export type BusModules = readonly BusModule[];

/** The types of a module. */
export type TypesOf<Module extends BusModule> =
  Module extends BusModule<infer Types extends BusTypes> ? Types : never;

/** The parts of an entry that are about buses, checked. */
export type GrantsOf<Modules extends BusModules> = {
  [Module in Modules[number] as Module["key"]]?: TypesOf<Module>["grant"] | undefined;
};

/** The parts of an entry that are about buses, as they are written. */
export type WrittenGrantsOf<Modules extends BusModules> = {
  [Module in Modules[number] as Module["key"]]?: TypesOf<Module>["written"] | undefined;
};

/** An entry of the board's `simulate` list: which bus it is about shows in the key that it has, and in those that it has not. */
export type SimulatedOf<Modules extends BusModules> = ToldApart<Modules, "simulated">;

/** The same as it is written. */
export type WrittenSimulatedOf<Modules extends BusModules> = ToldApart<Modules, "writtenSimulated">;

/** Each without the keys of the buses that come later. */
type ToldApart<
  Modules extends BusModules,
  Which extends "simulated" | "writtenSimulated",
> = Modules extends readonly [infer Module extends BusModule, ...infer Later extends BusModules]
  ? (TypesOf<Module>[Which] & { [Other in Later[number]["key"]]?: undefined }) | ToldApart<Later, Which>
  : never;

/** The grant of a bus in an entry; undefined where the entry has none. */
export function grantOf<Types extends BusTypes>(
  { key }: BusModule<Types>,
  entry: object,
): Types["grant"] | undefined {
  return (entry as Record<string, Types["grant"] | undefined>)[key];
}
