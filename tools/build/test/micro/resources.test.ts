/** Resources of the host in a driver on MicroQuickJS, and the driver's own in the host: each is dropped once, and not too early. */

import { readFile } from "node:fs/promises";
import { startWithJco } from "@busbar/jco";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPackage } from "../../src/build.ts";
import { temporaryDriver } from "../driver.ts";
import { instantiate } from "../instantiate.ts";
import { hasEngine } from "./engine.ts";

const wit = `package test:r@1.0.0;
interface host {
  resource thing { name: func() -> string; }
  make: func(name: string) -> thing;
  take: func(it: thing) -> string;
  fail: func() -> result<u8, tuple<u8, string>>;
}
interface mine {
  resource device {
    constructor(name: string);
    get: func() -> string;
    first: static func(name: string) -> result<device, string>;
  }
  open: func(name: string) -> result<device, string>;
  swap: func(it: device) -> device;
  names: func(all: list<borrow<device>>) -> string;
  log: func() -> list<string>;
  leak: func(count: u32);
  ask: func(what: string) -> string;
}
world w { import host; export mine; }
`;

const driver = `
import { fail, make, take, Thing } from "test:r/host@1.0.0";

const log = [];

class Device {
  constructor(name) { this.name = name; this.thing = make(name); }
  static first(name) { return open(name + " first"); }
  get() { return this.name + "=" + this.thing.name(); }
  [Symbol.dispose]() { log.push("disposed " + this.name); this.thing[Symbol.dispose](); }
}

function open(name) {
  if (name === "absent") throw new Error("not there");
  return new Device(name);
}

const uses = {
  twice() { const it = make("a"); it[Symbol.dispose](); it[Symbol.dispose](); return "ok"; },
  late() { const it = make("a"); it[Symbol.dispose](); return it.name(); },
  moved() { const it = make("a"); take(it); return it.name(); },
  borrowed() { using it = make("b"); return it.name(); },
  wrong() { return take({}); },
  constructed() { return new Thing(); },
  class() { using it = make("c"); return String(it instanceof Thing); },
  fail() { try { return fail(); } catch (error) { return error instanceof Error ? error.payload.join() : "?"; } },
};

export const mine = {
  Device,
  open,
  swap: (it) => { it.name += "!"; return it; },
  names: (all) => all.map((each) => each.name).join(),
  log: () => log.splice(0),
  leak(count) { for (let left = count; left > 0; left -= 1) make("leaked"); },
  ask(what) { try { return uses[what](); } catch (error) { return "it throws " + error; } },
};
`;

interface Device extends Disposable {
  get(): Promise<string>;
}

interface Mine {
  open(name: string): Promise<Device>;
  swap(it: Device): Promise<Device>;
  names(all: readonly Device[]): Promise<string>;
  log(): Promise<string[]>;
  leak(count: number): Promise<void>;
  ask(what: string): Promise<string>;
}

/** A host with things, and how many of them there are. */
function hostOfThings() {
  const alive = new Set<Thing>();
  class Thing {
    readonly text: string;
    constructor(text: string) {
      this.text = text;
      alive.add(this);
    }
    name() {
      return this.text;
    }
    [Symbol.dispose]() {
      if (!alive.delete(this)) throw new Error("dropped twice");
    }
  }
  const host = {
    Thing,
    make: (text: string) => new Thing(text),
    take(it: Thing) {
      it[Symbol.dispose]();
      return it.text;
    },
    fail() {
      throw Object.assign(new Error(), { payload: [7, "seven"] });
    },
  };
  return { alive, imports: { "test:r/host": host } };
}

describe.skipIf(!hasEngine)("on MicroQuickJS", () => {
  let component: Uint8Array;
  let mine: Mine;
  let alive: ReadonlySet<unknown>;
  beforeAll(async () => {
    await using files = await temporaryDriver({
      "package.json": JSON.stringify({
        name: "resources",
        version: "1.0.0",
        type: "module",
        busbar: { world: "w", entry: "src/component.js", component: "dist/resources.wasm" },
      }),
      "src/component.js": driver,
      "wit/own.wit": wit,
    });
    component = await readFile((await buildPackage(files.folder, { engine: "micro" })).component);
  }, 60_000);
  beforeEach(async () => {
    const host = hostOfThings();
    alive = host.alive;
    mine = (await instantiate<Record<string, Mine>>(component, host.imports))["test:r/mine@1.0.0"]!;
  });

  test("the driver's own: made, opened, called, and disposed of when the host drops them", async () => {
    const one = await mine.open("one");
    const two = await mine.open("two");
    expect([await one.get(), await two.get(), alive.size]).toEqual(["one=one", "two=two", 2]);
    one[Symbol.dispose]();
    expect([await mine.log(), alive.size]).toEqual([["disposed one"], 1]);
    // Its place is taken again.
    const three = await mine.open("three");
    expect([await two.get(), await three.get()]).toEqual(["two=two", "three=three"]);
    await expect(mine.open("absent")).rejects.toMatchObject({ payload: "not there" });
  });

  test("the driver's own, made by their constructor and a static function, on another host", async () => {
    const host = hostOfThings();
    const exports = await startWithJco(component, host.imports);
    const { Device } = exports["test:r/mine@1.0.0"] as {
      Device: { new (name: string): { get(): string } & Disposable; first(name: string): { get(): string } };
    };
    const one = new Device("one");
    expect([one.get(), Device.first("two").get()]).toEqual(["one=one", "two first=two first"]);
    expect(() => Device.first("absent")).not.toThrow();
    one[Symbol.dispose]();
    expect(host.alive.size).toBe(2);
  });

  test("the driver's own, given back and forth, and lent", async () => {
    const device = await mine.open("it");
    const swapped = await mine.swap(device);
    expect(await swapped.get()).toBe("it!=it");
    expect([await mine.log(), alive.size]).toEqual([[], 1]);
    const other = await mine.open("other");
    expect(await mine.names([swapped, other, swapped])).toBe("it!,other,it!");
    swapped[Symbol.dispose]();
    expect([await mine.log(), alive.size]).toEqual([["disposed it!"], 1]);
  });

  test("the host's, which the driver forgets, are dropped when garbage is collected", async () => {
    for (let round = 0; round < 20; round += 1) await mine.leak(1000);
    expect(alive.size).toBeLessThan(2000);
  });

  test.each([
    ["twice", "ok"],
    ["borrowed", "b"],
    ["class", "true"],
    ["fail", "7,seven"],
    ["late", "it throws TypeError: not a resource of the host that is still there"],
    ["moved", "it throws TypeError: not a resource of the host that is still there"],
    ["wrong", "it throws TypeError: not a resource of the host that is still there"],
    ["constructed", "it throws TypeError: thing cannot be constructed"],
  ])("the host's: %s", async (what, outcome) => {
    expect(await mine.ask(what)).toBe(outcome);
    expect(alive.size).toBe(0);
  });
});
