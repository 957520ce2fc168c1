import { App, type RunOptions } from "../app/app.ts";
import { behindBridges, bridgesOf } from "../bridge/order.ts";
import type { BusModules } from "../bus/module.ts";
import type { AppRun } from "../bus/running.ts";
import type { Clock } from "../clock.ts";
import { type BlockDevice, blockDevice } from "../device/block-device/index.ts";
import { CallableComponent, type UntypedExports } from "../device/callable-component.ts";
import { type Camera, camera } from "../device/camera/index.ts";
import { type Contact, contact } from "../device/contact/index.ts";
import { type Hid, hid } from "../device/hid/index.ts";
import type { DeviceModule, DeviceModules } from "../device/module.ts";
import { type DeviceKind, withKinds } from "../device/modules.ts";
import { type Sensor, sensor } from "../device/sensor/index.ts";
import { type SerialPort, serialPort } from "../device/serial-port/index.ts";
import { type Switch, switchModule } from "../device/switch/index.ts";
import { type TextDisplay, textDisplay } from "../device/text-display/index.ts";
import { type UsbEcho, usbEcho } from "../device/usb-echo/index.ts";
import { HostError } from "../error.ts";
import type { DeviceUse } from "../grants/use.ts";
import { type BuiltIn, builtIn } from "../modules.ts";
import { Trace, type TraceListener } from "../trace/trace.ts";
import type { FolderGrant } from "./app-entry.ts";
import { type BoardChange, type ChangeOf, planChange } from "./change.ts";
import {
  BoardDrivers,
  loadFor,
  type OpenedDevice,
  openFolder,
  type Platform,
  type PlatformServices,
  withoutDriver,
} from "./drivers.ts";
import { type EntryPlace, entriesOf, entryOf } from "./entries.ts";
import type { BoardListener } from "./event.ts";
import { refuseMissingBuses } from "./missing-buses.ts";
import { parseBoard } from "./parse.ts";
import type { AnyBoard, Board, BoardFile, WrittenEntry } from "./schema.ts";
import { busesOf } from "./wiring.ts";

/** How a board is opened. */
export interface OpenOptions {
  /**
   * Whether a driver or an app that is not found, is none, or asks for more than it is granted is left out, and everything
   * else goes on: see {@link OpenBoard.refused}. By default the board is not opened then.
   */
  readonly tolerant?: boolean;
  /** Whether no entry is enforced, as if each had `"enforce": false`: see {@link OpenBoard.uses}. */
  readonly complain?: boolean;
  /** Kinds of devices besides those that this host has: see {@link OpenBoard.device}. */
  readonly kinds?: DeviceModules;
}

/** A device or an app that a board was opened without. */
export interface Refusal {
  readonly place: "bridges" | "devices" | "apps";
  /** Its name there. */
  readonly name: string;
  readonly error: HostError;
}

/** How a sensor did when it was asked last. */
export interface LastReading {
  /** When it gave a reading last, in milliseconds of the board's clock; undefined where it never did. */
  readonly lastMs: number | undefined;
  /** Why it failed when it was asked last; undefined where it did not. */
  readonly error: unknown;
}

/**
 * A board whose drivers passed the check of their imports; they start when a device is asked for.
 *
 * Its types follow from the modules of the buses that its entries can be wired to.
 */
export class OpenBoard<Modules extends BusModules = BuiltIn> implements AsyncDisposable {
  readonly #platform: PlatformServices;
  #board: AnyBoard;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #drivers: BoardDrivers;
  readonly #apps = new Map<string, App>();
  readonly #refusedApps = new Map<string, HostError>();
  readonly #lastReadings = new Map<string, LastReading>();
  #changing: Promise<unknown> = Promise.resolve();

  readonly #complain: boolean;
  readonly #modules: BusModules;
  readonly #kinds: DeviceModules;

  private constructor(
    board: AnyBoard,
    platform: PlatformServices,
    complain: boolean,
    modules: BusModules,
    kinds: DeviceModules,
  ) {
    this.#kinds = kinds;
    this.#complain = complain;
    this.#modules = modules;
    this.#board = board;
    this.#platform = platform;
    this.#clock = platform.clock;
    this.#trace = new Trace(platform.clock);
    const isBridged = Object.keys(board.bridges).length > 0;
    this.#drivers = new BoardDrivers(platform, this.#trace, modules, kinds, isBridged);
  }

  /** The checked board file. */
  get board(): Board<Modules> {
    return this.#board as Board<Modules>;
  }

  /**
   * Finds all drivers of a board and checks their imports against it. No driver runs, and no bus is touched.
   *
   * @param options `modules`: the buses that the board was parsed with, see `withModules`; those of this host by default
   * @throws HostError: an entry that is wired by a bus of which the platform has nothing; the first driver that is not found, is no
   *   driver, or asks for more than it is granted; also where two kinds of devices contradict each other
   */
  static open(given: Board, platform: Platform, options?: OpenOptions): Promise<OpenBoard>;
  static open<Modules extends BusModules>(
    given: Board<Modules>,
    platform: Platform<Modules>,
    options: OpenOptions & { readonly modules: Modules },
  ): Promise<OpenBoard<Modules>>;
  static async open<Modules extends BusModules>(
    given: AnyBoard,
    platform: PlatformServices,
    options: OpenOptions & { readonly modules?: Modules } = {},
  ): Promise<OpenBoard<Modules>> {
    const { tolerant = false, complain = false, kinds = [] } = options;
    const modules: BusModules = options.modules ?? builtIn;
    const board = complain ? unenforced(given) : given;
    refuseMissingBuses(board, modules, platform);
    const opened = new OpenBoard<Modules>(board, platform, complain, modules, withKinds(kinds));
    // What has no driver is driven by an app that brings its own.
    const driven = entriesOf(board).flatMap(({ name, entry }) => (entry.driver === undefined ? [] : [name]));
    const drivers = { board, replaced: [], added: driven, removed: [] };
    await opened.#drivers.change(drivers, () => undefined, { tolerant });
    for (const [name, entry] of Object.entries(board.devices)) {
      if (entry.driver === undefined) opened.#drivers.keepForApps(name, entry);
    }
    for (const name of Object.keys(board.apps)) {
      await opened.#loadApp(name).catch((error: unknown) => {
        if (!tolerant || !(error instanceof HostError)) throw error;
      });
    }
    return opened;
  }

  /**
   * What the board was opened without, in the order of the board file. What asks for one of them makes the board look once
   * more, because a driver may have been built or a registry be back, and throws the error where it is still refused.
   */
  get refused(): Refusal[] {
    const refusals = (place: Refusal["place"], errors: ReadonlyMap<string, HostError>) =>
      Object.keys(this.#board[place]).flatMap((name) => {
        const error = errors.get(name);
        return error === undefined ? [] : [{ place, name, error }];
      });
    return [
      ...refusals("bridges", this.#drivers.refused),
      ...refusals("devices", this.#drivers.refused),
      ...refusals("apps", this.#refusedApps),
    ];
  }

  /** How the sensors do that were read, or could not be opened, by their names; also those that an app reads. */
  get lastReadings(): ReadonlyMap<string, LastReading> {
    return this.#lastReadings;
  }

  #noteRead(name: string, error: unknown): void {
    const lastMs = error === undefined ? this.#clock.now() : this.#lastReadings.get(name)?.lastMs;
    this.#lastReadings.set(name, { lastMs, error });
  }

  /** What the devices whose entries are not enforced have needed so far, by their names. */
  get uses(): ReadonlyMap<string, DeviceUse<Modules>> {
    const found = new Map<string, DeviceUse<Modules>>();
    for (const { name } of entriesOf(this.#board)) {
      const use = this.#drivers.quotaOf(name)?.use;
      if (use !== undefined) found.set(name, use as DeviceUse<Modules>);
    }
    return found;
  }

  /** The names of the devices that have a driver, and their kinds, in the order of the board file. */
  get devices(): { name: string; kind: DeviceKind }[] {
    return Object.keys(this.#board.devices).flatMap((name) => {
      const device = this.#drivers.get(name);
      return device === undefined ? [] : [{ name, kind: device.kind }];
    });
  }

  /**
   * Opens a sensor; its driver starts where it does not run.
   *
   * @throws HostError when the board has no such sensor, or its bus cannot be used; DeviceError from the driver
   */
  sensor(name: string): Promise<Sensor> {
    return this.device(name, sensor);
  }

  /**
   * Opens a text display; its driver starts where it does not run.
   *
   * @throws HostError when the board has no such display, or its bus cannot be used; DeviceError from the driver
   */
  textDisplay(name: string): Promise<TextDisplay> {
    return this.device(name, textDisplay);
  }

  /**
   * Opens a disk; its driver starts where it does not run. Where it is not plugged in, this waits for it.
   *
   * @throws HostError when the board has no such disk, or USB cannot be used; DeviceError from the driver
   */
  blockDevice(name: string): Promise<BlockDevice> {
    return this.device(name, blockDevice);
  }

  /**
   * Opens a serial port; its driver starts where it does not run. Where it is not plugged in, this waits for it.
   *
   * @throws HostError when the board has no such port, or USB cannot be used; DeviceError from the driver
   */
  serialPort(name: string): Promise<SerialPort> {
    return this.device(name, serialPort);
  }

  /**
   * Opens a switch; its driver starts where it does not run.
   *
   * @throws HostError when the board has no such switch, or its bus cannot be used; DeviceError from the driver
   */
  switch(name: string): Promise<Switch> {
    return this.device(name, switchModule);
  }

  /**
   * Opens a contact; its driver starts where it does not run.
   *
   * @throws HostError when the board has no such contact, or its bus cannot be used; DeviceError from the driver
   */
  contact(name: string): Promise<Contact> {
    return this.device(name, contact);
  }

  /**
   * Opens a camera; its driver starts where it does not run. Where the camera is not plugged in, this waits for it.
   *
   * @throws HostError when the board has no such camera, or USB cannot be used; DeviceError from the driver
   */
  camera(name: string): Promise<Camera> {
    return this.device(name, camera);
  }

  /**
   * Opens a keyboard, mouse, gamepad or any other HID device; its driver starts where it does not run. Where it is not
   * plugged in, this waits for it.
   *
   * @throws HostError when the board has no such device, or USB cannot be used; DeviceError from the driver
   */
  hid(name: string): Promise<Hid> {
    return this.device(name, hid);
  }

  /**
   * Opens a device that sends back what it is sent; its driver starts where it does not run. Where it is not plugged
   * in, this waits for it.
   *
   * @throws HostError when the board has no such device, or USB cannot be used; DeviceError from the driver
   */
  usbEcho(name: string): Promise<UsbEcho> {
    return this.device(name, usbEcho);
  }

  /**
   * Opens a device of any kind, by the module of that; its driver starts where it does not run. Where it is not plugged in, this
   * waits for it.
   *
   * @throws HostError when the board has no such device, or its bus cannot be used; DeviceError from the driver
   */
  async device<Device extends AsyncDisposable>(name: string, module: DeviceModule<Device>): Promise<Device> {
    const { supervisor } = await this.#find(name, module.kind);
    return module.open({
      name,
      clock: this.#clock,
      start: () => supervisor.instance(),
      noteRead: (error) => this.#noteRead(name, error),
    });
  }

  /**
   * Opens a component of somebody else's, whose functions take the wired bus as a parameter; it starts where it does not
   * run. See {@link CallableComponent} for its types.
   *
   * @throws HostError when the board has no such component, or its bus cannot be used
   */
  async component<Exports extends object = UntypedExports>(
    name: string,
  ): Promise<CallableComponent<Exports>> {
    const { supervisor } = await this.#find(name, "component");
    return CallableComponent.open<Exports>(name, await supervisor.instance());
  }

  /**
   * Gives a device another entry while the board is open: another driver, another chip, other settings. Whoever has it
   * open sees `disconnected`, opens it again by the same name, and goes on.
   *
   * @param entry as in a board file; everything is checked before the old driver is stopped
   * @throws HostError when the board has no such device, the entry is wrong, or it is another kind of device
   */
  async replace(name: string, entry: WrittenEntry<Modules>): Promise<void> {
    const edit = () => {
      const isThere = this.#drivers.get(name) !== undefined || this.#drivers.refused.has(name);
      if (!isThere) throw this.#unknown(name);
      const place: EntryPlace = Object.hasOwn(this.#board.bridges, name) ? "bridges" : "devices";
      return { ...this.#board, [place]: { ...this.#board[place], [name]: entry } };
    };
    await this.#change(edit, undefined, false, false);
  }

  /**
   * Takes over an edited board while this one is open, as far as that can be done: devices come, go and are replaced. What
   * cannot be done before the board is opened again stays as it is, and is named in the result.
   *
   * A component that was loaded stays what it was, whatever becomes of its file: only a device whose entry changes, or
   * `components`, has it read again.
   *
   * @param file the whole edited board; everything is checked before any driver is stopped
   * @param onChecked called when everything is, at once before the first driver is stopped
   * @param options `components`: whether devices whose component has other bytes by now are replaced too
   * @throws HostError when the board is wrong, makes another kind of device of one that there is, has a setting that a driver
   *   refuses, or when a device that worked does not work with its new entry: everything is as before then
   */
  update(
    file: BoardFile<Modules>,
    onChecked?: (change: BoardChange<Modules>) => void,
    options: { readonly components?: boolean } = {},
  ): Promise<BoardChange<Modules>> {
    return this.#change(() => file, onChecked, options.components);
  }

  #asOpened(board: AnyBoard): AnyBoard {
    return this.#complain ? unenforced(board) : board;
  }

  /** One change after the other: each is compared with what the one before it left. */
  #change(
    edit: () => unknown,
    onChecked?: (change: BoardChange<Modules>) => void,
    components = false,
    tries = true,
  ): Promise<BoardChange<Modules>> {
    const changed = this.#changing.then(async () => {
      const before = this.#board;
      const wanted = parseBoard(edit(), undefined, this.#modules);
      refuseMissingBuses(wanted, this.#modules, this.#platform);
      const change = await this.#withComponents(
        planChange(before, this.#asOpened(wanted), this.#modules, this.#drivers.refused),
        components,
      );
      const told = change as BoardChange<Modules>;
      const works = (name: string) =>
        this.#drivers.get(name)?.supervisor.running === true &&
        this.#lastReadings.get(name)?.error === undefined;
      const atOnce = () => {
        this.#board = change.board;
        onChecked?.(told);
      };
      try {
        await this.#drivers.change(change, atOnce, tries ? { works } : {});
      } catch (error) {
        this.#board = before;
        throw error;
      }
      for (const name of [...change.replaced, ...change.removed]) this.#lastReadings.delete(name);
      return told;
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  /**
   * Finds out whose component is another one by now.
   *
   * @param all whether devices are replaced because of that; otherwise only those that are replaced anyway are looked at
   */
  async #withComponents(change: ChangeOf<AnyBoard>, all: boolean): Promise<ChangeOf<AnyBoard>> {
    const { apps } = change.board;
    const replaced = [...change.replaced];
    const components: string[] = [];
    const later = [...change.later];
    for (const { name, entry } of entriesOf(change.board)) {
      const { driver } = entry;
      const running = this.#drivers.get(name);
      const isReplaced = replaced.includes(name);
      if (driver === undefined || running?.entry.driver !== driver || !(all || isReplaced)) continue;
      const artifact = await loadFor(name, driver, busesOf(entry, this.#modules), this.#platform);
      if (artifact === running.driver.artifact) continue;
      components.push(name);
      if (!isReplaced) replaced.push(name);
    }
    // What is behind a bridge gets its place behind the new one.
    for (const name of behindBridges(change.board, components, this.#modules)) {
      const isKnown = this.#drivers.get(name) !== undefined && !replaced.includes(name);
      if (isKnown && !change.added.includes(name)) replaced.push(name);
    }
    for (const [name, { component }] of all ? Object.entries(apps) : []) {
      const place = `apps.${name}`;
      const app = this.#apps.get(name);
      if (app === undefined || later.includes(place)) continue;
      if ((await loadFor(name, component, [], this.#platform)) !== app.artifact) later.push(place);
    }
    return { ...change, replaced, components, later };
  }

  /** The names of the apps, in the order of the board file. */
  get apps(): string[] {
    return [...this.#apps.keys()];
  }

  /**
   * Runs an app to its end. Each device that it opens is an instance of the driver that the board wires to the name.
   *
   * @throws HostError when the board has no such app, or it does not start; AppError when it ends with an error or traps
   */
  async run(name: string, options: RunOptions): Promise<void> {
    const app = this.#refusedApps.has(name) ? await this.#loadApp(name) : this.#apps.get(name);
    if (app === undefined) {
      const names = this.apps.map((known) => `"${known}"`).join(", ") || "none";
      throw new HostError("board", `the board has no app "${name}"; it has ${names}.`);
    }
    const surroundings = {
      devices: this,
      clock: this.#clock,
      trace: this.#trace,
      openBuses: (run: AppRun) => this.#drivers.openForApp(run),
      openFolder: (name: string, grant: FolderGrant) => openFolder(name, grant, this.#platform),
    };
    await app.run(surroundings, options);
  }

  /** Tells `listener` of every transaction, denial and start; disposing the result ends that. */
  listen(listener: BoardListener<Modules>): Disposable {
    // Its buses tell nothing but their own events.
    return this.#trace.listen(listener as TraceListener);
  }

  /** Stops all drivers. Closing twice is legal. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drivers[Symbol.asyncDispose]();
    this.#trace[Symbol.dispose]();
  }

  /** After the changes before, one of which may be about it. */
  #lookAgain(name: string): Promise<void> {
    const looked = this.#changing.then(async () => {
      if (!this.#drivers.refused.has(name)) return;
      // What is behind a bridge gets its place there now.
      const behind = behindBridges(this.#board, [name], this.#modules);
      const replaced = [...behind].filter((each) => this.#drivers.get(each) !== undefined);
      const drivers = { board: this.#board, replaced, added: [name], removed: [] };
      await this.#drivers.change(drivers, () => undefined, { tolerant: true });
      const error = this.#drivers.refused.get(name);
      if (error !== undefined) throw error;
    });
    this.#changing = looked.catch(() => undefined);
    return looked;
  }

  async #loadApp(name: string): Promise<App> {
    const { apps, devices } = this.#board;
    const entry = apps[name]!;
    try {
      const artifact = await loadFor(name, entry.component, [], this.#platform);
      const app = new App(name, entry, artifact, devices, this.#modules, this.#kinds);
      this.#apps.set(name, app);
      this.#refusedApps.delete(name);
      return app;
    } catch (error) {
      if (error instanceof HostError) this.#refusedApps.set(name, error);
      throw error;
    }
  }

  /** A device, and the bridges between it and this machine: the nearest to this machine first. */
  #from(name: string, found = new Set<string>()): Set<string> {
    const entry = found.has(name) ? undefined : entryOf(this.#board, name);
    for (const bridge of bridgesOf(entry ?? {}, this.#board.bridges, this.#modules))
      this.#from(bridge, found);
    return found.add(name);
  }

  #unknown(name: string): HostError {
    if (Object.hasOwn(this.#board.devices, name)) return withoutDriver(name);
    const names = this.devices.map((known) => `"${known.name}"`).join(", ") || "none";
    return new HostError("board", `the board has no device "${name}"; it has ${names}.`);
  }

  async #find(name: string, kind: DeviceKind): Promise<OpenedDevice> {
    for (const each of this.#from(name)) {
      if (this.#drivers.refused.has(each)) await this.#lookAgain(each);
    }
    const device = this.#drivers.get(name);
    if (device === undefined) throw this.#unknown(name);
    if (device.kind !== kind) {
      const what =
        device.kind === "component"
          ? "exports no device interface; call its functions with board.component"
          : device.kind === "bridge"
            ? "exports buses; use a device that is wired to one of them"
            : `drives a ${device.kind}`;
      throw new HostError("board", `"${name}" is no ${kind}: ${device.label} ${what}.`);
    }
    return device;
  }
}

function unenforced({ devices, bridges, ...board }: AnyBoard): AnyBoard {
  const all = (entries: AnyBoard["devices"]): AnyBoard["devices"] =>
    Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, { ...entry, enforce: false }]));
  return { ...board, bridges: all(bridges), devices: all(devices) };
}
