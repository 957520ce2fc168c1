import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMetadata } from "@busbar/host";
import { planComponent, readBinary, writeBinary } from "@busbar/host/component";
import { componentWit, metadataShow } from "@bytecodealliance/jco-transpile/wasm-tools";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BuildSummary, buildPackage } from "../src/build.ts";
import { type Engine, engines } from "../src/componentize.ts";
import { outermostSections } from "../src/sections.ts";
import { checkAgainstWorld, interfaceOf } from "../src/world.ts";
import { instantiate } from "./instantiate.ts";

const fixtures = join(import.meta.dirname, "fixtures");

/** A build and what it wrote. */
interface Built {
  readonly summary: BuildSummary;
  readonly component: Uint8Array;
}

let out: string;
const builds = new Map<string, Built>();

async function build(fixture: string, engine: Engine): Promise<void> {
  const outFolder = join(out, `${fixture}-${engine}`);
  const summary = await buildPackage(join(fixtures, fixture), { engine, outFolder });
  builds.set(`${fixture}-${engine}`, { summary, component: await readFile(summary.component) });
}

function built(fixture: string, engine: Engine): Built {
  const found = builds.get(`${fixture}-${engine}`);
  if (found === undefined) throw new Error(`${fixture} was not built`);
  return found;
}

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "busbar-build-"));
  for (const engine of engines) await build("probe", engine);
  await build("echo", "quickjs");
  await build("app", "quickjs");
}, 300_000);

afterAll(() => rm(out, { recursive: true, force: true }));

/** The WIT resource of the probe. */
interface Probe {
  info(): Promise<{ vendor: string; model: string }>;
  channels(): Promise<{ label: string; resolution: number }[]>;
  read(): Promise<Float64Array>;
}

/** A bus that answers 0x12 0x34, or fails. */
function fakeBoard() {
  const calls: unknown[] = [];
  const state = { fault: undefined as unknown };
  class I2c {
    writeRead(address: number, data: Uint8Array, length: bigint) {
      calls.push([address, [...data], Number(length)]);
      if (state.fault !== undefined) throw state.fault;
      return Uint8Array.of(0x12, 0x34);
    }
  }
  class Delay {
    async delayNs(ns: number) {
      await new Promise((resolve) => setImmediate(resolve));
      calls.push(`waited ${ns}`);
    }
  }
  const imports = {
    "busbar:board/i2c": {
      open: (name: string) => {
        calls.push(`open ${name}`);
        return { bus: new I2c(), address: 0x76 };
      },
      openDelay: () => new Delay(),
    },
    "busbar:board/settings": { get: () => [["filter", "4"]] },
    "wasi:i2c/i2c": { I2c },
    "wasi:i2c/delay": { Delay },
  };
  return { imports, calls, state };
}

describe.each(engines)("a driver on %s", (engine) => {
  test("imports exactly what its world declares, and exports exactly that", () => {
    const { imports, exports } = interfaceOf(built("probe", engine).component);
    expect([...imports].sort()).toEqual([
      "busbar:board/i2c@0.1.0",
      "busbar:board/settings@0.1.0",
      "busbar:device/errors@0.1.0",
      "wasi:i2c/delay@0.2.0-draft",
      "wasi:i2c/i2c@0.2.0-draft",
    ]);
    expect(exports).toEqual(["busbar:device/sensor@0.1.0"]);
  });

  test("says who made it and from what", async () => {
    const { component } = built("probe", engine);
    expect(readMetadata(component)).toEqual({
      name: "@fixture/probe",
      version: "1.2.3-rc.1",
      description: "A driver that answers with what its bus said, ü and all",
      licenses: "Apache-2.0",
      source: "https://example.org/probe",
      authors: "A. Author <author@example.org>",
      revision: "0123456789abcdef0123456789abcdef01234567",
    });
    // A reader that is not ours: wasm-tools.
    const [outermost] = await metadataShow(component);
    expect(outermost?.name).toBe("@fixture/probe");
    const tools = Object.fromEntries(new Map(outermost?.producers).get("processed-by") ?? []);
    expect(tools).toHaveProperty("@busbar/build", "0.1.0");
  });

  test("is one file, and nothing beside it", async () => {
    const { summary, component } = built("probe", engine);
    expect(summary.bytes).toBe(component.length);
    expect(await readdir(join(summary.component, ".."))).toEqual(["probe.wasm"]);
  });

  test("runs, and its delay suspends it", async () => {
    const { imports, calls } = fakeBoard();
    const { sensor } = await instantiate<{ sensor: { open(name: string): Promise<Probe> } }>(
      built("probe", engine).component,
      imports,
    );
    const probe = await sensor.open("indoor");
    expect([...(await probe.read())]).toEqual([0x12, 0x34]);
    expect(calls).toEqual(["open indoor", "waited 1000000", [0x76, [0xf7], 2]]);
    expect((await probe.channels())[0]).toMatchObject({ label: "temperature", resolution: 0.01 });
  });

  test("keeps the author's text, also where it looks like a name that the build edits", async () => {
    const { sensor } = await instantiate<{ sensor: { open(name: string): Promise<Probe> } }>(
      built("probe", engine).component,
      fakeBoard().imports,
    );
    const { vendor, model } = await (await sensor.open("indoor")).info();
    expect(vendor).toBe("wasi:i2c hwio:i2c");
    expect(model).toBe('indoor function [["filter","4"]]');
  });

  test("passes errors in both directions as WIT values", async () => {
    const { imports, state } = fakeBoard();
    const { sensor } = await instantiate<{ sensor: { open(name: string): Promise<Probe> } }>(
      built("probe", engine).component,
      imports,
    );
    await expect(sensor.open("absent")).rejects.toMatchObject({
      payload: { tag: "not-found", val: "nothing there" },
    });
    const probe = await sensor.open("indoor");
    state.fault = { payload: { tag: "no-acknowledge", val: "data" } };
    await expect(probe.read()).rejects.toMatchObject({
      payload: { tag: "protocol", val: '{"tag":"no-acknowledge","val":"data"}' },
    });
    state.fault = undefined;
    expect([...(await probe.read())]).toEqual([0x12, 0x34]);
  });
});

test.each([
  ["probe", "quickjs"],
  ["probe", "starlingmonkey"],
  ["app", "quickjs"],
] as const)(
  "%s on %s: read and written again it is the same, and wasm-tools takes it",
  async (name, engine) => {
    const { component } = built(name, engine);
    const written = writeBinary(readBinary(component));
    expect(readBinary(written)).toEqual(readBinary(component));
    // Reading the interfaces validates all of it.
    expect(await componentWit(written)).toBe(await componentWit(component));
  },
);

test("QuickJS comes without the stub of WASI: one memory, and not a component in it that has code", () => {
  const { component } = built("probe", "quickjs");
  const plan = planComponent(component);
  const memories = plan.modules.filter((module) => outermostSections(module).some(({ id }) => id === 5));
  expect(memories).toHaveLength(1);
  const nested = readBinary(component).definitions.filter(({ op }) => op === "component");
  expect(JSON.stringify(nested)).not.toContain("core module");
  // With the stub it is 90.
  expect(plan.steps.length).toBeLessThan(40);
});

test("a component that gets its handle as a parameter needs only wasi:i2c", async () => {
  const { component } = built("echo", "quickjs");
  expect(interfaceOf(component)).toEqual({
    imports: ["wasi:i2c/i2c@0.2.0-draft"],
    exports: ["get-temperature"],
  });
  class I2c {
    readonly answer: () => Uint8Array;
    constructor(answer: () => Uint8Array) {
      this.answer = answer;
    }
    writeRead() {
      return this.answer();
    }
  }
  const { getTemperature } = await instantiate<{ getTemperature(connection: I2c): Promise<number> }>(
    component,
    {
      "wasi:i2c/i2c": { I2c },
    },
  );
  expect(await getTemperature(new I2c(() => Uint8Array.of(0, 200)))).toBe(25);
  const failing = new I2c(() => {
    throw { payload: { tag: "arbitration-loss" } };
  });
  await expect(getTemperature(failing)).rejects.toMatchObject({ payload: "arbitration-loss" });
});

test("an app waits for a device and keeps its own imports and exports of wasi", async () => {
  const { component } = built("app", "quickjs");
  const { imports, exports } = interfaceOf(component);
  expect(imports).toEqual([
    "busbar:device/errors@0.1.0",
    "busbar:device/sensor@0.1.0",
    "component:usb/errors@0.2.1",
    "component:usb/transfers@0.2.1",
    "wasi:cli/environment@0.2.3",
  ]);
  expect(exports).toEqual(["wasi:cli/run@0.2.3"]);
  class Device {
    async read() {
      await new Promise((resolve) => setImmediate(resolve));
      return Float64Array.of(21.5);
    }
  }
  const run = async (...list: string[]) => {
    const app = await instantiate<{ run: { run(): Promise<void> } }>(component, {
      "busbar:device/sensor": { open: async () => new Device(), Device },
      "component:usb/transfers": { awaitTransfer: async () => new Uint8Array(), Transfer: class {} },
      "wasi:cli/environment": { getArguments: () => list },
    });
    return app.run.run();
  };
  await run("indoor", "21.5");
  await expect(run("indoor", "0")).rejects.toThrow();
});

test("an import that the world does not declare fails the build", () => {
  const { component } = built("probe", "quickjs");
  const actual = interfaceOf(component);
  const { imports, exports } = actual;
  const world = { name: "narrow", imports, exports, functions: [], signatures: [] };
  expect(() => checkAgainstWorld(actual, world)).not.toThrow();
  expect(() =>
    checkAgainstWorld(actual, {
      ...world,
      imports: imports.filter((name) => !name.startsWith("wasi:i2c/delay")),
    }),
  ).toThrow(
    'The finished component imports wasi:i2c/delay@0.2.0-draft, which world "narrow" does not declare; ' +
      "a host would refuse it.",
  );
  expect(() => checkAgainstWorld(actual, { ...world, exports: [...exports, "run"] })).toThrow(
    'The finished component lacks the export run of world "narrow".',
  );
});
