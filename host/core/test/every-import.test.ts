/**
 * A call's time, and the end of an instance or an app, hold in every function that the host offers: each looks before it
 * does anything. A new function that forgets to is found here.
 */

import { describe, expect, test } from "vitest";
import type { AppContext } from "../src/app/context.ts";
import { appOffers } from "../src/app/offers.ts";
import { FolderQuota, GrantedFolder } from "../src/app/wasi/filesystem/granted-folder.ts";
import { parseBoard } from "../src/board/parse.ts";
import { type BusModule, type BusModules, grantOf } from "../src/bus/module.ts";
import type { BusOpened } from "../src/bus/opened.ts";
import { endAll } from "../src/bus/running.ts";
import type { Folder } from "../src/folder/backend.ts";
import { DeviceQuota } from "../src/grants/quota.ts";
import { CallBudget } from "../src/instance/budget.ts";
import type { InstanceContext } from "../src/instance/context.ts";
import { offers } from "../src/link/offers.ts";
import { builtIn } from "../src/modules.ts";
import { Trace } from "../src/trace/trace.ts";
import type { BusFixture, Functions } from "./buses/bus-fixture.ts";
import { FakeClock } from "./fakes.ts";

type Classes = Record<string, { prototype: object }>;

/** Each bus of this host, with what there is of it for tests. */
const buses: { readonly module: BusModule; readonly fixture: BusFixture }[] = [];
for (const module of builtIn as BusModules) {
  const { fixture } = (await import(`./buses/${module.key}.ts`)) as { fixture: BusFixture };
  buses.push({ module, fixture });
}
const fixtures = buses.map(({ fixture }) => fixture);
/** The host's own, which no component can call: of handles, and of what their calls are made of. */
const hostOnly = new Set(fixtures.flatMap((fixture) => fixture.hostOnly ?? []));
const handing = new Map(fixtures.flatMap((fixture) => Object.entries(fixture.handing ?? {})));
/** Interfaces whose functions do nothing but wait: they are tried by themselves. */
const sleeping = new Set(["busbar:board/time", ...fixtures.flatMap((fixture) => fixture.sleeping ?? [])]);

/** The functions of an object that an offer makes: its own, and those of its resources by class and name. */
function* functionsOf(
  implementation: object,
  instances: ReadonlyMap<string, object>,
): Iterable<[name: string, call: (...parameters: unknown[]) => unknown]> {
  for (const [name, value] of Object.entries(implementation)) {
    if (name === "shapes") {
      for (const shape of Object.values(value as Record<string, object>))
        yield* functionsOf(shape, instances);
    } else if (!isClass(value)) {
      const handed = handing.get(name);
      const first = handed === undefined ? [] : [instances.get(handed)];
      yield [name, (...parameters) => (implementation as Functions)[name]!(...first, ...parameters)];
    } else if (methodsOf(value.prototype).length > 0) {
      const instance = instances.get(name);
      if (instance === undefined) throw new Error(`the test has no instance of ${name}; give it one`);
      for (const key of methodsOf(instance)) {
        if (!hostOnly.has(key)) yield [`${name}.${key}`, (...all) => (instance as Functions)[key]!(...all)];
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

const partsOf = (which: 0 | 1) =>
  Object.fromEntries(buses.map(({ module, fixture }) => [module.key, fixture.parts[which]]));

const file = parseBoard({
  devices: { both: { driver: "x", ...partsOf(0) }, wired: partsOf(1) },
  apps: { station: { component: "x", uses: ["both", "wired"], folder: { path: "out", write: true } } },
});

/** A driver on all buses, and what was opened of them. */
async function driver(callMs: number) {
  const clock = new FakeClock();
  const entry = file.devices.both!;
  const budget = new CallBudget(clock, callMs);
  const quota = new DeviceQuota(entry, clock, builtIn);
  const context = { device: "both", entry, clock, trace: new Trace(clock), budget, quota };
  const opened = new Map<string, BusOpened>();
  const connections = new DisposableStack();
  for (const { module, fixture } of buses) {
    const connection = connections.use(module.connect([fixture.backend()]));
    const life = { context, counts: quota.countsOf(module)!, signal: new AbortController().signal };
    const wiring = connection.wire("both", grantOf(module, entry));
    opened.set(module.key, await wiring.open({ ...life, waiting: () => undefined }));
  }
  const instance: InstanceContext = { ...context, opened };
  const implementations = new Map(offers.map((offer) => [offer.path, offer.implement?.(instance) ?? {}]));
  const end = async () => {
    await endAll(opened);
    connections.dispose();
  };
  return { clock, budget, implementations, [Symbol.asyncDispose]: end };
}

/** The resources of the buses, made while there was time. */
async function resources(implementations: ReadonlyMap<string, object>, device: string) {
  const interfaceOf = (path: string) => implementations.get(path) as Functions;
  const all = new Map<string, object>();
  for (const fixture of fixtures) {
    const made = await fixture.resources(interfaceOf, device);
    for (const [name, resource] of Object.entries(made)) all.set(name, resource);
  }
  return all;
}

describe("a driver whose call's time is over", () => {
  test("gets nothing more from any function of any import", async () => {
    await using tried = await driver(1000);
    const { clock, budget, implementations } = tried;
    let walked = 0;
    const walk = async () => {
      const instances = await resources(implementations, "both");
      clock.advance(1001);
      for (const [path, implementation] of implementations) {
        // The first that ends it also ends all that follow: each is to find it out by itself.
        if (sleeping.has(path)) continue;
        for (const [name, call] of functionsOf(implementation, instances)) {
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

  test.each([...sleeping])("%s", async (path) => {
    for (let at = 0, count = 1; at < count; at += 1) {
      await using tried = await driver(1000);
      const { clock, budget, implementations } = tried;
      await budget
        .run(async () => {
          const instances = await resources(implementations, "both");
          const functions = [...functionsOf(implementations.get(path)!, instances)];
          count = functions.length;
          expect(count).toBeGreaterThan(0);
          clock.advance(1001);
          const [name, call] = functions[at]!;
          await expectHeld(name, () => call(1e9));
        })
        .catch((thrown: Error) => {
          if (thrown.name !== "CallTimeout") throw thrown;
        });
      expect(clock.now()).toBe(1001);
    }
  });
});

test("a driver that is stopped gets nothing more from any function of any import", async () => {
  await using tried = await driver(1000);
  const { budget, implementations } = tried;
  const instances = await resources(implementations, "both");
  budget.abort("the board was closed");
  for (const [path, implementation] of implementations) {
    if (sleeping.has(path)) continue;
    for (const [name, call] of functionsOf(implementation, instances)) await expectHeld(name, call);
  }
});

test("an app that has to end gets nothing more from any function of any import", async () => {
  const clock = new FakeClock();
  const entry = file.devices.wired!;
  const budget = new CallBudget(clock, Number.POSITIVE_INFINITY);
  const quota = new DeviceQuota(entry, clock, builtIn);
  const stop = new AbortController();
  const folder = {
    stat: () => ({ type: "directory", size: 0, modifiedMs: 0 }),
    list: () => ({ next: () => undefined, close: () => {} }),
    close: () => {},
  } as unknown as Folder;
  const device = { [Symbol.asyncDispose]: async () => undefined };
  const give = async () => device as never;
  const run = {
    ...{ app: "station", wired: new Map([["wired", entry]]) },
    ...{ clock, trace: new Trace(clock), budget },
  };
  using connections = new DisposableStack();
  const opened = new Map<string, BusOpened>();
  for (const { module, fixture } of buses) {
    const connection = connections.use(module.connect([fixture.backend()]));
    const grant = grantOf(module, entry);
    const wiring = connection.wire("wired", grant);
    const one = { name: "wired", entry, grant, wiring, quota, counts: quota.countsOf(module)! };
    opened.set(module.key, await connection.openForApp([one], run));
  }
  const context: AppContext = {
    ...run,
    uses: new Set(["both", "wired"]),
    devices: { device: give },
    opened,
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
  const ofKinds = new Map<string, object>();
  for (const path of implementations.keys()) {
    if (path.startsWith("busbar:device/") && path !== "busbar:device/errors") {
      ofKinds.set(path, (await call(path, "open", "both")) as object);
    }
  }
  stop.abort(new Error("enough"));
  budget.abort("enough");
  let walked = 0;
  for (const [path, implementation] of implementations) {
    if (sleeping.has(path)) continue;
    const own = ofKinds.get(path);
    const all = own === undefined ? instances : new Map([...instances, ["Device", own]]);
    for (const [name, each] of functionsOf(implementation, all)) {
      await expectHeld(`${path} ${name}`.replace(/^component:usb\/device /, ""), each);
      walked += 1;
    }
  }
  expect(walked).toBeGreaterThan(80);
});
