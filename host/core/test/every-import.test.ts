/**
 * A call's time, and the end of an instance or an app, hold in every function that the host offers: each looks before it
 * does anything. A new function that forgets to is found here.
 */

import { describe, expect, test } from "vitest";
import type { AppContext } from "../src/app/context.ts";
import { appOffers } from "../src/app/offers.ts";
import { FolderQuota, GrantedFolder } from "../src/app/wasi/filesystem/granted-folder.ts";
import { parseBoard } from "../src/board/parse.ts";
import { AppGpio } from "../src/bus/gpio/app.ts";
import { gpio } from "../src/bus/gpio/index.ts";
import { openGpio } from "../src/bus/gpio/open.ts";
import { AppI2c } from "../src/bus/i2c/app.ts";
import { i2c } from "../src/bus/i2c/index.ts";
import { OpenedI2c } from "../src/bus/i2c/opened.ts";
import type { BusOpened } from "../src/bus/opened.ts";
import { AppSpi } from "../src/bus/spi/app.ts";
import { spi } from "../src/bus/spi/index.ts";
import { OpenedSpi } from "../src/bus/spi/opened.ts";
import { usb } from "../src/bus/usb/index.ts";
import { OpenedUsb } from "../src/bus/usb/opened.ts";
import { UsbSession } from "../src/bus/usb/session.ts";
import type { Folder } from "../src/folder/backend.ts";
import { DeviceQuota } from "../src/grants/quota.ts";
import { CallBudget } from "../src/instance/budget.ts";
import type { InstanceContext } from "../src/instance/context.ts";
import { offers } from "../src/link/offers.ts";
import { builtIn } from "../src/modules.ts";
import { Trace } from "../src/trace/trace.ts";
import { FakeBus, FakeClock } from "./fakes.ts";
import { FakeChip, type GpioImports } from "./gpio-fakes.ts";
import { FakeSpi } from "./spi-fakes.ts";
import { FakeUsbDevice, noSetup, on } from "./usb-fakes.ts";

type Functions = Record<string, (...parameters: unknown[]) => unknown>;
type Classes = Record<string, { prototype: object }>;

/** The host's own, which no component can call: of handles, and of what their calls are made of. */
const hostOnly = new Set(["belongsTo", "arrive", "change"]);

/** The functions of an object that an offer makes: its own, and those of its resources by class and name. */
function* functionsOf(
  implementation: object,
  instances: ReadonlyMap<string, object>,
): Iterable<[string, () => unknown]> {
  for (const [name, value] of Object.entries(implementation)) {
    if (name === "shapes") {
      for (const shape of Object.values(value as Record<string, object>))
        yield* functionsOf(shape, instances);
    } else if (!isClass(value)) {
      // The functions that only hand their parameter on.
      const handed =
        name === "awaitTransfer" ? "Transfer" : name === "watchEdges" ? "DigitalInPin" : undefined;
      const parameters = handed === undefined ? [] : [instances.get(handed)];
      yield [name, () => (implementation as Functions)[name]!(...parameters)];
    } else if (methodsOf(value.prototype).length > 0) {
      const instance = instances.get(name);
      if (instance === undefined) throw new Error(`the test has no instance of ${name}; give it one`);
      for (const key of methodsOf(instance)) {
        if (!hostOnly.has(key)) yield [`${name}.${key}`, () => (instance as Functions)[key]!()];
      }
    }
  }
}

function isClass(value: unknown): value is { readonly prototype: object } {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Of all prototypes: destructors are symbols, and no component calls an accessor. */
function methodsOf(instance: object): string[] {
  const names = new Set<string>();
  for (let each = instance; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (name !== "constructor" && typeof value === "function") names.add(name);
    }
  }
  return [...names];
}

/** What a call without any parameter threw or rejected with: whatever looks at a parameter first fails otherwise. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

async function expectHeld(name: string, call: () => unknown): Promise<void> {
  const thrown = await thrownBy(call);
  const outcome =
    (thrown as { payload?: unknown } | undefined)?.payload ??
    (thrown as Error | undefined)?.name ??
    "nothing";
  expect.soft(["CallTimeout", "InstanceStopped"], name).toContain(outcome);
}

/** Interfaces whose functions do nothing but wait: they are tried by themselves. */
const sleeping = new Set(["wasi:i2c/delay", "wasi:gpio/delay", "busbar:board/time"]);

function linesOn(chip: number) {
  return {
    ready: { chip, line: 1, direction: "in" },
    relay: { chip, line: 2, direction: "out" },
    data: { chip, line: 3, direction: "in-out" },
  } as const;
}

const file = parseBoard({
  devices: {
    both: {
      driver: "x",
      i2c: { bus: 1, address: "0x76" },
      usb: { vendorId: "0x1209", interfaces: [0] },
      gpio: { lines: linesOn(0) },
      spi: { bus: 0, chipSelect: 0 },
    },
    wired: {
      i2c: { bus: 1, address: "0x70" },
      usb: { vendorId: "0x1209", interfaces: [0] },
      gpio: { lines: linesOn(1) },
      spi: { bus: 0, chipSelect: 1 },
    },
  },
  apps: { station: { component: "x", uses: ["both", "wired"], folder: { path: "out", write: true } } },
});

async function surroundings(name: "both" | "wired", callMs: number) {
  const clock = new FakeClock();
  const entry = file.devices[name]!;
  const budget = new CallBudget(clock, callMs);
  const quota = new DeviceQuota(entry, clock, builtIn);
  const context = { device: name, entry, clock, trace: new Trace(clock), budget, quota };
  const session = await UsbSession.start(
    { ...context, grant: entry.usb!, counts: quota.countsOf(usb)! },
    new FakeUsbDevice(),
  );
  const opened = new Map<string, BusOpened>([
    ["i2c", new OpenedI2c(new FakeBus(), entry.i2c!, quota.countsOf(i2c)!)],
    ["usb", new OpenedUsb(session)],
    ["gpio", await openGpio(context, entry.gpio!, quota.countsOf(gpio)!, [new FakeChip()])],
    ["spi", new OpenedSpi(new FakeSpi(), entry.spi!, quota.countsOf(spi)!)],
  ]);
  return { clock, budget, session, context, opened };
}

/** The resources of the buses, made while there was time. */
async function resources(implementations: ReadonlyMap<string, object>, name: string) {
  const board = implementations.get("busbar:board/i2c") as Functions;
  const { bus } = board.open!(name) as { bus: object };
  const spiDevice = (implementations.get("wasi:spi/spi") as Functions).open!(name) as object;
  const gpio = implementations.get("busbar:board/gpio") as unknown as GpioImports["busbar:board/gpio"];
  const input = await gpio.openIn(name, "ready");
  const list = (implementations.get("component:usb/device") as Functions).listDevices as () => [
    { open(): { claimInterface(number: number): void; newTransfer: (...all: unknown[]) => object } },
  ][];
  const [device] = list()[0]!;
  const handle = device.open();
  handle.claimInterface(0);
  const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
  return new Map<string, object>([
    ["I2c", bus],
    ["Delay", board.openDelay!() as object],
    ["SpiDevice", spiDevice],
    ["UsbDevice", device],
    ["DeviceHandle", handle],
    ["Transfer", transfer],
    ["DigitalInPin", input],
    ["DigitalOutPin", await gpio.openOut(name, "relay")],
    ["DigitalInOutPin", await gpio.openInOut(name, "data")],
    ["Edges", gpio.watchEdges(input)],
    ["Pollable", input.watchForReady()],
  ]);
}

describe("a driver whose call's time is over", () => {
  test("gets nothing more from any function of any import", async () => {
    const { clock, budget, context, opened } = await surroundings("both", 1000);
    const instance: InstanceContext = { ...context, opened };
    const implementations = new Map(offers.map((offer) => [offer.path, offer.implement?.(instance) ?? {}]));
    let walked = 0;
    const walk = async () => {
      const instances = await resources(implementations, "both");
      clock.advance(1001);
      for (const [path, implementation] of implementations) {
        for (const [name, call] of functionsOf(implementation, instances)) {
          // The first that ends it also ends all that follow: each is to find it out by itself.
          if (path === "busbar:board/time" || name.startsWith("delay") || name.endsWith("delayNs")) continue;
          await expectHeld(name, call);
          walked += 1;
        }
      }
    };
    let walking: Promise<void> | undefined;
    await budget
      .run(() => {
        walking = walk();
        return walking;
      })
      .catch(() => undefined);
    await walking;
    expect(walked).toBeGreaterThan(25);
  });

  test.each([
    ["busbar:board/time", "nowMs"],
    ["busbar:board/time", "waitMs"],
    ["wasi:i2c/delay", "delayNs"],
    ["wasi:gpio/delay", "delayNs"],
    ["wasi:gpio/delay", "delayUs"],
    ["wasi:gpio/delay", "delayMs"],
  ])("%s %s", async (path, name) => {
    const { clock, budget, context, opened } = await surroundings("both", 1000);
    const instance: InstanceContext = { ...context, opened };
    const find = (path: string) =>
      offers.find((offer) => offer.path === path)!.implement!(instance) as Functions;
    await budget
      .run(async () => {
        const delay = find("busbar:board/i2c").openDelay!() as Functions;
        clock.advance(1001);
        const functions = path === "wasi:i2c/delay" ? delay : find(path);
        await expectHeld(name, () => functions[name]!(1e9));
      })
      .catch((thrown: Error) => {
        if (thrown.name !== "CallTimeout") throw thrown;
      });
    expect(clock.now()).toBe(1001);
  });
});

test("a driver that is stopped gets nothing more from any function of any import", async () => {
  const { budget, context, opened } = await surroundings("both", 1000);
  const instance: InstanceContext = { ...context, opened };
  const implementations = new Map(offers.map((offer) => [offer.path, offer.implement?.(instance) ?? {}]));
  const instances = await resources(implementations, "both");
  budget.abort("the board was closed");
  for (const [path, implementation] of implementations) {
    if (sleeping.has(path)) continue;
    for (const [name, call] of functionsOf(implementation, instances)) await expectHeld(name, call);
  }
});

test("an app that has to end gets nothing more from any function of any import", async () => {
  const { clock, budget, session, context: wired } = await surroundings("wired", Number.POSITIVE_INFINITY);
  const stop = new AbortController();
  const folder = {
    stat: () => ({ type: "directory", size: 0, modifiedMs: 0 }),
    list: () => ({ next: () => undefined, close: () => {} }),
    close: () => {},
  } as unknown as Folder;
  const device = { [Symbol.asyncDispose]: async () => undefined };
  const give = async () => device as never;
  const { entry, quota } = wired;
  const i2cDevice = {
    ...{ name: "wired", entry, grant: entry.i2c!, quota, counts: quota.countsOf(i2c)! },
    wiring: { open: () => Promise.reject(new Error("an app opens its buses by itself")) },
  };
  const spiDevice = {
    ...{ name: "wired", entry, grant: entry.spi!, quota, counts: quota.countsOf(spi)! },
    wiring: { open: () => Promise.reject(new Error("an app opens its devices by itself")) },
  };
  const gpioDevice = { ...i2cDevice, grant: entry.gpio!, counts: quota.countsOf(gpio)! };
  const run = { app: "station", wired: new Map([["wired", entry]]) };
  const usbOfApp = { budget, sessions: () => [session], takeChanges: () => [], end: () => undefined };
  const context: AppContext = {
    app: "station",
    uses: new Set(["both", "wired"]),
    devices: { device: give },
    wired: run.wired,
    opened: new Map<string, BusOpened>([
      ["i2c", new AppI2c([i2cDevice], [new FakeBus()])],
      ["usb", usbOfApp],
      ["gpio", new AppGpio([gpioDevice], [new FakeChip()], { ...run, budget, clock, trace: wired.trace })],
      ["spi", new AppSpi([spiDevice], [new FakeSpi()])],
    ]),
    budget,
    clock,
    trace: wired.trace,
    signal: stop.signal,
    arguments: [],
    input: undefined,
    exit: () => new Error("exit"),
    get folder() {
      return granted;
    },
    output: () => {},
    errors: () => {},
  };
  const grant = file.apps.station!.folder!;
  const granted = new GrantedFolder(context, { grant, folder }, new FolderQuota(grant));
  const implementations = new Map(appOffers.map((offer) => [offer.path, offer.implement?.(context) ?? {}]));
  const call = (path: string, name: string, ...parameters: unknown[]) =>
    (implementations.get(path) as Functions)[name]!(...parameters);
  const instances = await resources(implementations, "wired");
  const [[root]] = call("wasi:filesystem/preopens", "getDirectories") as [[object]];
  const Failure = (implementations.get("wasi:io/error") as Classes).Error as unknown as new (
    ...all: unknown[]
  ) => object;
  const more = {
    Descriptor: root,
    DirectoryEntryStream: (root as { readDirectory(): object }).readDirectory(),
    InputStream: call("wasi:cli/stdin", "getStdin") as object,
    OutputStream: call("wasi:cli/stdout", "getStdout") as object,
    Pollable: call("wasi:clocks/monotonic-clock", "subscribeDuration", 1n) as object,
    Error: new Failure(context, "io"),
  };
  for (const [name, instance] of Object.entries(more)) instances.set(name, instance);
  const opened = new Map<string, object>();
  for (const path of implementations.keys()) {
    if (path.startsWith("busbar:device/") && path !== "busbar:device/errors") {
      opened.set(path, (await call(path, "open", "both")) as object);
    }
  }
  stop.abort(new Error("enough"));
  budget.abort("enough");
  let walked = 0;
  for (const [path, implementation] of implementations) {
    if (sleeping.has(path)) continue;
    const own = opened.get(path);
    const all = own === undefined ? instances : new Map([...instances, ["Device", own]]);
    for (const [name, each] of functionsOf(implementation, all)) {
      await expectHeld(`${path} ${name}`.replace(/^component:usb\/device /, ""), each);
      walked += 1;
    }
  }
  expect(walked).toBeGreaterThan(80);
});
