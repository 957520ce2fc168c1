/** An app's folder must not hold what decides which code runs here, and with which rights. */

import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HostError, parseBoard } from "@busbar/host";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FolderGuard } from "../src/folder-guard.ts";
import { openBoard } from "../src/index.ts";

const top = realpathSync(mkdtempSync(join(tmpdir(), "busbar-guard-")));
const at = (...names: string[]) => join(top, ...names);
afterAll(() => rmSync(top, { recursive: true }));

beforeAll(() => {
  for (const path of [
    "site/out/x",
    "site/models/m.js",
    "site/drivers/lcd.wasm",
    "site/elsewhere/x",
    "site/node_modules/@me/chip/dist/chip.wasm",
    "linked/chip2/dist/chip2.wasm",
    "cache/registry/x",
  ]) {
    mkdirSync(at(dirname(path)), { recursive: true });
    writeFileSync(at(path), path.endsWith(".js") ? "export default 1;" : "no component");
  }
  writeFileSync(
    at("site/node_modules/@me/chip/package.json"),
    '{ "busbar": { "component": "dist/chip.wasm" } }',
  );
  writeFileSync(at("linked/chip2/package.json"), '{ "busbar": { "component": "dist/chip2.wasm" } }');
  symlinkSync(at("linked/chip2"), at("site/node_modules/chip2"));
  symlinkSync(at("site"), at("to-site"));
  symlinkSync(at("cache"), at("site/to-cache"));
  symlinkSync(at("site/elsewhere/board.json"), at("board-link.json"));
});

const appWith = (path: string, write = true) =>
  parseBoard({ devices: {}, apps: { saver: { component: "x", folder: { path, write } } } }).apps;

/** Opens the board with an app whose folder is `folder`. No component is one, so what gets past the guard fails later. */
async function opened(folder: string, driver: string, file = at("site/board.json")): Promise<string> {
  const board = {
    devices: { lcd: { driver, i2c: { bus: "sim", address: "0x27" } } },
    simulate: [{ i2c: "sim", address: "0x27", model: "./models/m.js" }],
    apps: { saver: { component: "./drivers/lcd.wasm", folder: { path: folder, write: true } } },
  };
  writeFileSync(file, JSON.stringify(board));
  const simulate = () => ({
    name: "none",
    openI2c: () => undefined,
    openGpioLine: () => undefined,
    openSpi: () => undefined,
    openUart: () => undefined,
    hasUart: () => false,
    watchUart: () => ({ [Symbol.dispose]() {} }),
    devices: async () => [],
    watch: () => ({ [Symbol.dispose]() {} }),
  });
  try {
    await openBoard(file, { simulate, cacheFolders: [at("cache")], i2c: [], usb: [] });
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(HostError);
    return (thrown as HostError).message;
  }
  return "it was opened";
}

describe("a folder is refused that has in it", () => {
  test.each([
    [".", "the board file"],
    ["..", "the board file"],
    ["/", "the board file"],
    ["../to-site", "the board file"],
    ["out/..", "the board file"],
    ["models", "the model ./models/m.js"],
    ["drivers", "./drivers/lcd.wasm"],
    ["node_modules", "a folder of installed packages"],
    ["node_modules/@other", "a folder of installed packages"],
    ["node_modules/@me/chip/dist", "a folder of installed packages"],
    ["../node_modules/x", "a folder of installed packages"],
    ["../linked", "chip2"],
    ["../linked/chip2/dist", "chip2"],
    ["../cache", "the cache"],
    ["../cache/registry", "the cache"],
    ["to-cache/registry/new", "the cache"],
    [process.execPath, "Node itself"],
    [dirname(import.meta.dirname), "the host itself"],
  ])("%s: %s", async (folder, what) => {
    const driver = folder.includes("linked") ? "chip2" : "./drivers/lcd.wasm";
    const message = await opened(folder, driver);
    expect(message).toContain(
      `"apps.saver.folder" is ${join(folder.startsWith("/") ? folder : at("site", folder))}`,
    );
    expect(message).toContain(`where ${what} is (`);
    expect(message).toMatch(/; name a folder of its own\.$/);
  });
});

test("a board file behind a link is kept in both places", async () => {
  expect(await opened("site/elsewhere", "./site/drivers/lcd.wasm", at("board-link.json"))).toContain(
    "where the board file is (",
  );
});

test("the folder of a package's manifest is kept, where that is linked to", async () => {
  expect(await opened("../linked/chip2", "chip2")).toContain(", where ");
});

test.each(["out", "out/x/y", "elsewhere/new", "drivers-too", "../outside"])(
  "%s is no such folder",
  async (folder) => {
    // It gets as far as the component.
    expect(await opened(folder, "./drivers/lcd.wasm")).toContain("is not a WebAssembly file");
  },
);

test("links are followed anew at each run", () => {
  const guard = new FolderGuard(at("site"), appWith("later"), at("site/board.json"));
  symlinkSync(at("site/out"), at("site/later"));
  expect(() => guard.check()).not.toThrow();
  unlinkSync(at("site/later"));
  symlinkSync(at("site"), at("site/later"));
  expect(() => guard.check()).toThrow("where the board file is");
});

test("a link in the folder to a file elsewhere is the app's to change", () => {
  symlinkSync(at("linked/chip2/package.json"), at("site/out/link.json"));
  expect(() => new FolderGuard(at("site"), appWith("out"), at("site/out/link.json"))).toThrow(
    "where the board file is",
  );
});

test("the lock file is kept before there is one, from who could make it", () => {
  mkdirSync(at("bare"));
  const keep = (write: boolean) => {
    const guard = new FolderGuard(at("site"), appWith("../bare", write));
    guard.keepFile("the lock file", at("bare/busbar.lock.json"));
  };
  expect(() => keep(true)).toThrow("where the lock file is");
  expect(() => keep(false)).not.toThrow();
  writeFileSync(at("bare/busbar.lock.json"), "{}");
  expect(() => keep(false)).toThrow("where the lock file is");
});
