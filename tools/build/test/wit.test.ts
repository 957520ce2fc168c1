import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeGuestTypes } from "../src/types.ts";
import { sharedWitFolder, stageWit, toStandIn, toStandInName } from "../src/wit.ts";
import { listWorlds } from "../src/wit-text.ts";
import { exportName, readWorld } from "../src/world.ts";
import { sensorDriver, temporaryDriver } from "./driver.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "busbar-types-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the stand-in replaces package names only", () => {
  const text = [
    "package wasi:i2c@0.2.0-draft;",
    "/// The text of wasi:i2c is a standard",
    "interface i2c { use wasi:io/poll@0.2.0.{pollable}; record r { wasi:u8 } }",
    "world w { import wasi:i2c/i2c@0.2.0-draft; include wasi:cli/imports@0.2.0; export  wasi:cli/run@0.2.0; }",
  ].join("\n");
  expect(toStandIn(text)).toBe(
    [
      "package hwio:i2c@0.2.0-draft;",
      "/// The text of wasi:i2c is a standard",
      "interface i2c { use hwio:io/poll@0.2.0.{pollable}; record r { wasi:u8 } }",
      "world w { import hwio:i2c/i2c@0.2.0-draft; include hwio:cli/imports@0.2.0; export  hwio:cli/run@0.2.0; }",
    ].join("\n"),
  );
  expect(toStandInName("wasi:i2c/i2c@0.2.0-draft")).toBe("hwio:i2c/i2c@0.2.0-draft");
  expect(toStandInName("busbar:board/i2c@0.1.0")).toBe("busbar:board/i2c@0.1.0");
});

test("a world is read with what its interfaces use", async () => {
  await using wit = await stageWit({ world: sensorDriver });
  const world = await readWorld(wit.folder, wit.world);
  expect(world.imports).toContain("busbar:device/errors@0.1.0");
  expect(world.exports).toEqual(["busbar:device/sensor@0.1.0"]);
});

test("a package's own world sees the shared packages, and its own copy of one is left out", async () => {
  await using driver = await temporaryDriver({
    "wit/own.wit":
      "package mine:mine@1.0.0;\nworld w { import wasi:i2c/delay@0.2.0-draft; import more:more/it@1.0.0; }",
    "wit/deps/copy/i2c.wit": "package wasi:i2c@0.2.0-draft;\ninterface other {}",
    "wit/deps/more/more.wit": "package more:more@1.0.0;\ninterface it { f: func(); }",
  });
  await using wit = await stageWit({ world: "w", packageFolder: driver.folder });
  const { imports } = await readWorld(wit.folder, "w");
  expect(imports).toEqual(["wasi:i2c/delay@0.2.0-draft", "more:more/it@1.0.0"]);
});

test("a driver of several buses imports what each of them gives", async () => {
  await using wit = await stageWit({ world: { bus: ["i2c", "gpio"], exports: "sensor" } });
  expect(wit.world).toBe("i2c-gpio-sensor-driver");
  const { imports, exports } = await readWorld(wit.folder, wit.world);
  expect(imports).toEqual(
    expect.arrayContaining(["busbar:board/i2c@0.1.0", "busbar:board/gpio@0.1.0", "busbar:board/time@0.1.0"]),
  );
  expect(imports.filter((name) => name === "busbar:board/settings@0.1.0")).toHaveLength(1);
  expect(exports).toEqual(["busbar:device/sensor@0.1.0"]);
});

test("a driver's world is what its bus gives, and the interface that it exports", async () => {
  await using wit = await stageWit({ world: { bus: "usb", exports: "sensor" } });
  expect(wit.world).toBe("usb-sensor-driver");
  const { imports, exports } = await readWorld(wit.folder, wit.world);
  expect(imports).toContain("component:usb/device@0.2.1");
  expect(imports.filter((name) => name.includes("i2c"))).toEqual([]);
  expect(exports).toEqual(["busbar:device/sensor@0.1.0"]);
});

test("its bus and its kind may be of the package's own folder, or of a package that lies in it", async () => {
  await using driver = await temporaryDriver({
    "wit/own.wit": `package mine:mine@1.0.0;
world wire-driver { import wasi:wire/wire; }
interface sensor { open: func(name: string); }`,
    "wit/deps/wire/wire.wit": "package wasi:wire;\ninterface wire { pull: func(); }",
    "wit/deps/meters/meters.wit": `package more:meters@2.0.0;
interface gas-meter { use busbar:device/errors@0.1.0.{error}; open: func(name: string) -> result<_, error>; }`,
  });
  const worldOf = async (bus: string, kind: string, standIn: boolean) => {
    await using wit = await stageWit({
      world: { bus, exports: kind },
      packageFolder: driver.folder,
      standIn,
    });
    const { imports, exports } = await readWorld(wit.folder, wit.world);
    return [...imports, ...exports];
  };
  expect(await worldOf("wire", "sensor", false)).toEqual(["wasi:wire/wire", "mine:mine/sensor@1.0.0"]);
  expect(await worldOf("wire", "gas-meter", true)).toEqual([
    "hwio:wire/wire",
    "busbar:device/errors@0.1.0",
    "more:meters/gas-meter@2.0.0",
  ]);
  expect(await worldOf("i2c", "gas-meter", false)).toContain("busbar:board/i2c@0.1.0");
});

test("a shape takes the place of the interface that it is another shape of", async () => {
  const awaited = async (shape?: string) => {
    await using wit = await stageWit({ world: { bus: "usb", exports: "hid" }, shape });
    const entries = await readdir(wit.folder, { recursive: true });
    const file = entries.find((each) => each.endsWith("transfers.wit"))!;
    await readWorld(wit.folder, wit.world);
    return /await-transfer: .*;/.exec(await readFile(join(wit.folder, file), "utf8"))?.[0];
  };
  expect(await awaited()).toBe("await-transfer: func(xfer: transfer) -> result<list<u8>, libusb-error>;");
  expect(await awaited("transfer-result")).toBe(
    "await-transfer: func(xfer: transfer) -> result<transfer-result, libusb-error>;",
  );
});

test("a staged folder is gone afterwards", async () => {
  let path: string;
  {
    await using wit = await stageWit({ world: sensorDriver });
    path = wit.folder;
    expect((await readdir(path)).length).toBeGreaterThan(1);
  }
  await expect(stat(path)).rejects.toThrow("ENOENT");
});

test("types have every interface of every world", async () => {
  const files = await writeGuestTypes(folder);
  const index = await readFile(join(folder, "index.d.ts"), "utf8");
  for (const world of await listWorlds(join(sharedWitFolder, "device"))) {
    expect(files).toContain(`${world}.d.ts`);
    await using wit = await stageWit({ world });
    const { imports, exports } = await readWorld(wit.folder, world);
    for (const name of [...imports, ...exports]) {
      const file = `interfaces/${name.replace(/@.*/, "").replace(/[:/]/g, "-")}.d.ts`;
      expect(await readFile(join(folder, file), "utf8")).toContain(`declare module '${name}'`);
      expect(index).toContain(`<reference path="./${file}" />`);
    }
  }
}, 60_000);

test("types that are the same are not written again", async () => {
  await writeGuestTypes(folder, { worlds: [sensorDriver] });
  const before = await stat(join(folder, "interfaces/wasi-i2c-i2c.d.ts"), { bigint: true });
  await writeGuestTypes(folder, { worlds: [sensorDriver] });
  const after = await stat(join(folder, "interfaces/wasi-i2c-i2c.d.ts"), { bigint: true });
  expect(after.mtimeNs).toBe(before.mtimeNs);
});

test.each([
  ["busbar:device/sensor@0.1.0", "sensor"],
  ["busbar:device/text-display@0.1.0", "textDisplay"],
  ["get-temperature", "getTemperature"],
  ["wasi:cli/run", "run"],
])("%s is called %s in JavaScript", (name, expected) => {
  expect(exportName(name)).toBe(expected);
});
