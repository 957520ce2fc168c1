import type * as v from "valibot";
import type { Bridge, BridgedPlace, Bridges } from "../bridge/bridge.ts";
import type { DeviceModule } from "../device/module.ts";
import type { CommonContext } from "../instance/context.ts";
import type { OpenedBuses } from "./opened.ts";
import type { AppRun, DrivenDevice, Wiring } from "./running.ts";
import type { BusTypes } from "./types.ts";

/**
 * A bus as one module: everything that the host knows of it. What reads board files, links, starts and traces goes through the list
 * of modules and knows no bus by name, so that a bus is added as a whole; `openBoard(file, { modules })` takes further ones.
 */

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

  /**
   * What an entry is wired to, as people read it: 'bus 1 at 0x76'.
   *
   * @param simulated the devices that the board simulates on this bus
   */
  describeGrant(grant: Types["grant"], simulated: readonly Types["simulated"][]): string;

  /** What a driver can import of it; which entries are granted that follows from `key`. */
  readonly offers: readonly BusOffer<CommonContext, Types["opened"]>[];
  /** What an app can import of it that drives devices itself. */
  readonly appOffers: readonly BusOffer<AppRun, Types["openedByApp"]>[];

  /** Begins to use the bus for an open board; nothing is touched before something is opened. */
  connect(backends: readonly Types["backend"][]): BusConnection<Types>;

  /** How drivers export it, so that others are wired to it through them; absent where none can. */
  readonly bridged?: BridgedBus<Types>;

  /** What a driver gets that is only tried with new settings: nothing can be done with it. */
  trial(grant: Types["grant"]): Types["opened"];

  /**
   * Begins to count what an entry does on the bus, for as long as it stays.
   *
   * @param isRecorded whether the entry is not enforced, so that what it needs is noted
   */
  count(grant: Types["grant"], isRecorded: boolean): Types["counts"];

  /** What an entry needed, and what is made of that. */
  readonly use: BusUse<Types>;

  /** What was done in a transaction that was told of, as people write it: "write 1, read 8". */
  describe(event: Types["event"]): string;
}

/** A bus of an open board, with all backends that the platform has for it. */
export interface BusConnection<Types extends BusTypes = BusTypes> extends Disposable {
  /** Keeps a place on the bus for an entry, until that is removed. Nothing is opened. */
  wire(device: string, grant: Types["grant"]): Types["wiring"];

  /** Called when entries were removed and their drivers have ended: what they had is free for others. */
  share(): void;

  /** Opens what an app drives itself: all of its devices on this bus that have no driver. */
  openForApp(
    devices: readonly DrivenDevice<Types["grant"], Types["counts"], Types["wiring"]>[],
    run: AppRun,
  ): Types["openedByApp"] | Promise<Types["openedByApp"]>;
}

/** A bus that a driver can export. */
export interface BridgedBus<Types extends BusTypes = BusTypes> {
  /** The kind of device that such a driver exports. */
  readonly controller: DeviceModule;
  /** The names of the buses that an entry is wired to, as a checked board has them. */
  placesOf(grant: Types["grant"]): readonly (string | number)[];
  /**
   * The bus on which a bridge of this entry passes on what another may pass on as well: while one of them does, the other must not. Absent
   * where each is by itself.
   */
  sharedBus?(grant: Types["grant"]): string | number | undefined;
  /**
   * Called before one of its buses is opened for a driver, which a backend may have to do at once.
   *
   * @throws HostError where it has no such bus; DeviceError from the bridge's driver
   */
  prepare(bridge: Bridge, place: BridgedPlace): Promise<void>;
  /** Makes the backend whose buses are behind the drivers of an open board; it is asked before all others. */
  backend(bridges: Bridges): Types["backend"];
}

/** What an entry has of one bus. */
export interface BusWire {
  readonly module: BusModule;
  readonly wiring: Wiring;
}

/** An interface that a bus has for components. */
export interface BusOffer<Context, Opened> {
  /** Package and interface, without version: "wasi:i2c/i2c". */
  readonly path: string;
  readonly version: string;
  /**
   * The implementation for one instance: functions in camelCase, resources as classes; absent where there are only types. For an
   * interface that is not in wit/, no one has checked which types a component declares: its functions check what they are given.
   */
  implement?(context: Context, opened: Opened): object;
  /** The functions that may give a promise, as `Offer` has them; none where it is absent. */
  waits?(opened: Opened): readonly string[];
}

/** What an entry needed of a bus while it was not enforced. */
export interface BusUse<Types extends BusTypes = BusTypes> {
  /** Checks what a run recorded. */
  readonly schema: v.GenericSchema<unknown, Types["use"]>;
  /** What two runs needed together. */
  merge(one: Types["use"], other: Types["use"]): Types["use"];
  /** The least that would have been enough; which device it means stays. */
  least(written: Types["written"], use: Types["use"]): Types["written"];
}

/** How devices of a bus are written in the board's `simulate` list, beside the parameters of their models. */
export interface SimulatedEntries {
  /** The bus's own key, which says where the device is, `model`, and what else the bus has of each device. */
  readonly entries: v.ObjectEntries;
  /** What is said where that is no place: 'expected a port such as "1-1"'. */
  readonly expected: string;
}

/** An entry of a board, as far as it is about one bus. */
export interface WiredEntry<Grant> {
  /** Its name in the board file. */
  readonly name: string;
  /** Where the board file has it: "devices.indoor". */
  readonly place: string;
  /** Whether it is a bridge, which passes on what others do. */
  readonly isBridge: boolean;
  readonly grant: Grant;
}

/** Any modules, in the order in which an entry's parts are checked. */
export type BusModules = readonly BusModule[];

/** The types of a module. */
export type TypesOf<Module extends BusModule> =
  Module extends BusModule<infer Types extends BusTypes> ? Types : never;

/** What a platform has for buses, by their keys: asked in this order, until one has what an entry is wired to. */
export type BackendsOf<Modules extends BusModules> = {
  readonly [Module in Modules[number] as Module["key"]]?: readonly TypesOf<Module>["backend"][] | undefined;
};

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

/** Each without the keys of the buses that come later. Nothing is known of modules that are not known one by one. */
type ToldApart<
  Modules extends BusModules,
  Which extends "simulated" | "writtenSimulated",
> = Modules extends readonly [infer Module extends BusModule, ...infer Later extends BusModules]
  ? (TypesOf<Module>[Which] & { [Other in Later[number]["key"]]?: undefined }) | ToldApart<Later, Which>
  : number extends Modules["length"]
    ? TypesOf<Modules[number]>[Which]
    : never;

/** The grant of a bus in an entry; undefined where the entry has none. */
export function grantOf<Types extends BusTypes>(
  { key }: BusModule<Types>,
  entry: object,
): Types["grant"] | undefined {
  return (entry as Record<string, Types["grant"] | undefined>)[key];
}

/** The buses that an entry is wired to, with what it grants of each. */
export function wiredBuses(
  modules: BusModules,
  entry: object,
): { readonly module: BusModule; readonly grant: unknown }[] {
  return modules.flatMap((module) => {
    const grant = grantOf(module, entry);
    return grant === undefined ? [] : [{ module, grant }];
  });
}

/** What was opened of a bus; undefined where the entry is not wired to it. */
export function openedOf<Types extends BusTypes>(
  { key }: BusModule<Types>,
  opened: OpenedBuses,
): Types["opened"] | undefined {
  return opened.get(key);
}
