/** A bundle runs with nothing but Node, and refuses what is not what its lock says. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { componentBytes } from "../../registry/test/support/component-bytes.ts";
import {
  busbar,
  type Ended,
  ended,
  type FolderOf,
  folderOf,
  simulatedBoard,
  slow,
  workspace,
} from "./support/busbar.ts";

let folder: FolderOf;
let made: string;
let lock: string;

beforeAll(async () => {
  folder = folderOf({ "board.json": simulatedBoard({ driver: "./bme280.wasm" }) });
  cpSync(join(workspace, "packages/bme280/dist/bme280.wasm"), join(folder.path, "bme280.wasm"));
  const { code, stdout, stderr } = await bundle("board.json", "made");
  if (code !== 0) throw new Error(stderr);
  lock = (JSON.parse(stdout) as { lock: string }).lock;
  made = join(folder.path, "made");
}, 2 * slow);

// Thousands of files.
afterAll(() => folder[Symbol.dispose](), slow);

function bundle(board: string, out: string, ...rest: string[]): Promise<Ended> {
  return busbar(["bundle", board, "--out", out, "--json", ...rest], { cwd: folder.path });
}

/** Runs a bundle with Node, and no home, cache or installed package. */
function started(bundleFolder: string, ...args: string[]): Promise<Ended> {
  return ended(
    spawn(process.execPath, [join(bundleFolder, "busbar.mjs"), ...args], {
      cwd: "/",
      env: { HOME: "/nonexistent" },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

/** A copy that a test may spoil, somewhere else. */
function copy(name: string): string {
  const path = join(folder.path, "copies", name);
  cpSync(made, path, { recursive: true });
  return path;
}

function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(path, file)).isFile())
    .sort();
}

function sizeOf(path: string): number {
  return filesOf(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0);
}

describe("busbar bundle", { timeout: slow }, () => {
  test("what it makes runs with nothing but Node, wherever it is, also where nothing can be written", async () => {
    const moved = copy("moved");
    const { code, stdout, stderr } = await started(moved, "read", "--json");
    expect(stderr).toBe("");
    const { readings } = JSON.parse(stdout) as { readings: { values: object }[] };
    expect(readings[0]?.values).toMatchObject({ temperature: expect.closeTo(21.5, 1) });
    expect(code).toBe(0);

    const doctor = await started(moved, "doctor", "--json");
    expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: true });
    expect(filesOf(moved)).toEqual(filesOf(made));
  });

  test("it runs for a user who has no home and is in no list, as systemd makes one", async () => {
    const homeless = `import os from "node:os"; import { syncBuiltinESMExports } from "node:module";
      os.homedir = () => { throw new Error("ENOENT"); }; syncBuiltinESMExports();`;
    const flags = ["--import", `data:text/javascript,${encodeURIComponent(homeless)}`];
    const { code, stdout, stderr } = await ended(
      spawn(process.execPath, [...flags, join(made, "busbar.mjs"), "read"], {
        env: {},
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    expect(stderr).toBe("");
    expect(stdout).toContain("21.5");
    expect(code).toBe(0);
  });

  test("run goes on until a signal, and does not take over an edit", async () => {
    const moved = copy("running");
    const child = spawn(join(moved, "bin/busbar"), ["run", "--every", "20", "--json"], {
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = ended(child);
    let signalled = false;
    child.stdout.on("data", () => {
      if (signalled) return;
      signalled = true;
      child.kill("SIGHUP");
    });
    child.stderr.once("data", () => child.kill("SIGTERM"));
    const { code, stdout, stderr } = await end;
    expect(JSON.parse(stdout.split("\n")[0]!)).toMatchObject({ type: "reading", device: "indoor" });
    expect(JSON.parse(stderr)).toEqual({
      type: "not-reloaded",
      time: expect.any(String),
      reason: "it is a bundle, which stays as it is",
    });
    expect(code).toBe(0);
  });

  test("has only what the board needs, and is small", () => {
    const names = readdirSync(join(made, "node_modules"));
    expect(names).toContain("busbar");
    for (const name of ["koffi", "usb", "i2c-bus", "@bytecodealliance", "@koromix"])
      expect(names).not.toContain(name);
    expect(readdirSync(join(made, "node_modules/@busbar")).sort()).toEqual([
      "bme280",
      "host",
      "host-node",
      "model",
      "sim",
    ]);
    // Of a driver's package only its model: the driver itself is a component of the board.
    expect(readdirSync(join(made, "node_modules/@busbar/bme280"), { recursive: true }).sort()).toEqual([
      "dist",
      "dist/model.js",
      "package.json",
    ]);
    expect(filesOf(made).filter((file) => /\.map$|\.d\.ts$/.test(file))).toEqual([]);
    expect(sizeOf(made)).toBeLessThan(25_000_000);
  });

  test("is the same bytes each time; another one in its place is replaced as a whole", async () => {
    const again = await bundle("board.json", "again");
    expect(JSON.parse(again.stdout)).toMatchObject({ lock });
    const other = join(folder.path, "again");
    expect(filesOf(other)).toEqual(filesOf(made));
    for (const file of filesOf(made)) {
      expect(readFileSync(join(other, file)).equals(readFileSync(join(made, file))), file).toBe(true);
    }
    writeFileSync(join(other, "components/left.wasm"), "");
    expect((await bundle("board.json", "again")).code).toBe(0);
    expect(filesOf(other)).toEqual(filesOf(made));
    expect(readdirSync(folder.path).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("a folder with something else is not touched", async () => {
    mkdirSync(join(folder.path, "mine"));
    writeFileSync(join(folder.path, "mine/thesis.txt"), "text");
    const { code, stderr } = await bundle("board.json", "mine");
    expect(JSON.parse(stderr)).toMatchObject({
      message: expect.stringMatching(/ is there, and no bundle; /),
    });
    expect(code).toBe(2);
    expect(readdirSync(join(folder.path, "mine"))).toEqual(["thesis.txt"]);
  });

  test("has a package's model however its package.json writes the path, and none from outside of it", async () => {
    const thing = join(folder.path, "node_modules/thing");
    const board = (model: string) =>
      writeFileSync(
        join(folder.path, `${model}.json`),
        JSON.stringify(simulatedBoard({ driver: "./bme280.wasm" }, { model })),
      );
    cpSync(join(workspace, "packages/bme280/dist/model.js"), join(thing, "dist/model.js"));
    cpSync(join(workspace, "packages/bme280/dist/model.js"), join(folder.path, "node_modules/outside.js"));
    const busbarPart = { model: { dotted: "./dist/model.js", outside: "../outside.js" } };
    writeFileSync(
      join(thing, "package.json"),
      JSON.stringify({ name: "thing", type: "module", busbar: busbarPart }),
    );
    board("dotted");
    board("outside");
    expect((await bundle("dotted.json", "dotted")).code).toBe(0);
    const { code, stdout, stderr } = await started(join(folder.path, "dotted"), "read");
    expect(stderr).toBe("");
    expect(stdout).toContain("21.5");
    expect(code).toBe(0);
    const outside = await bundle("outside.json", "outside");
    expect(JSON.parse(outside.stderr)).toMatchObject({
      message:
        "outside.json simulates with the model outside, which lies outside of its package; leave that entry out.",
    });
    expect(outside.code).toBe(3);
  });

  test("a board that would not start makes no bundle", async () => {
    writeFileSync(
      join(folder.path, "denied.json"),
      JSON.stringify({ devices: { indoor: { driver: "./bme280.wasm" } } }),
    );
    const { code, stderr } = await bundle("denied.json", "denied");
    expect(JSON.parse(stderr)).toMatchObject({ message: expect.stringContaining('add "i2c"') });
    expect(code).toBe(5);
    expect(existsSync(join(folder.path, "denied"))).toBe(false);
  });

  test("a board with nothing but GPIO has what calls the kernel", async () => {
    const gpio = { lines: { ready: { chip: 0, line: 17, direction: "in" } } };
    writeFileSync(
      join(folder.path, "gpio.wasm"),
      componentBytes(["busbar:board/gpio@0.1.0"], ["busbar:device/sensor@0.1.0"]),
    );
    writeFileSync(
      join(folder.path, "gpio.json"),
      JSON.stringify({ devices: { door: { driver: "./gpio.wasm", gpio } } }),
    );
    expect(await bundle("gpio.json", "gpio")).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(join(folder.path, "gpio/node_modules"))).toContain("koffi");
  });

  test("a board on real I2C and USB has their native parts, for one machine", async () => {
    const i2c = { bus: 1, address: "0x76" };
    const devices = {
      indoor: { driver: "./bme280.wasm", i2c },
      stick: { driver: "./usb.wasm", usb: { vendorId: "0x0781", interfaces: [0] } },
    };
    writeFileSync(
      join(folder.path, "usb.wasm"),
      componentBytes(["component:usb/device@0.2.1"], ["busbar:device/hid@0.1.0"]),
    );
    writeFileSync(join(folder.path, "real.json"), JSON.stringify({ devices }));
    const platform = `linux-${process.arch}`;
    const { code, stderr } = await bundle("real.json", "real", "--platform", platform);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const real = join(folder.path, "real");
    expect(readdirSync(join(real, "node_modules/@koromix"))).toEqual([`koffi-${platform}`]);
    expect(readdirSync(join(real, "node_modules/usb/prebuilds"))).toEqual([platform]);
    expect(existsSync(join(real, "node_modules/@busbar/sim"))).toBe(false);
    expect(sizeOf(real)).toBeLessThan(25_000_000);
    // The native parts load: what is missing is the bus, not a package.
    const doctor = await started(real, "doctor");
    expect(doctor.stdout).toContain("The npm package koffi, which calls the kernel, loads.");

    const other = process.arch === "x64" ? "linux-arm64" : "linux-x64";
    const foreign = await bundle("real.json", "foreign", "--platform", other);
    expect(JSON.parse(foreign.stderr)).toMatchObject({
      message: expect.stringMatching(
        /^the native part @koromix\/koffi-\S+ is not installed here; run "npm install /,
      ),
    });
    expect(foreign.code).toBe(4);
  });
});

describe("a bundle that is not what its lock says", { timeout: slow }, () => {
  const spoiled: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    [
      "a component",
      (path) => appendFileSync(join(path, "components/bme280.wasm"), "x"),
      /bme280\.wasm is not what/,
    ],
    [
      "something prepared",
      (path) => appendFileSync(join(path, "prepared", readdirSync(join(path, "prepared"))[0]!), "x"),
      /prepared\/[0-9a-f]{64} is not what/,
    ],
    ["the board", (path) => appendFileSync(join(path, "board.json"), " "), /board\.json is not what/],
    [
      "the runtime",
      (path) => appendFileSync(join(path, "node_modules/@busbar/host/dist/index.js"), "process.exit(99);"),
      /host\/dist\/index\.js is not what/,
    ],
    [
      "a file that is gone",
      (path) => rmSync(join(path, "components/bme280.wasm")),
      /bme280\.wasm is missing;/,
    ],
    [
      "a component that is a link",
      (path) => {
        renameSync(join(path, "components/bme280.wasm"), join(path, "bme280.wasm"));
        symlinkSync("../bme280.wasm", join(path, "components/bme280.wasm"));
      },
      /bme280\.wasm is a link;/,
    ],
    [
      "an extra component",
      (path) => writeFileSync(join(path, "components/more.wasm"), ""),
      /components\/more\.wasm is not in the bundle's lock; /,
    ],
    [
      "an extra package",
      (path) => {
        mkdirSync(join(path, "node_modules/usb"));
        writeFileSync(join(path, "node_modules/usb/index.js"), "process.exit(99);");
      },
      /node_modules\/usb\/index\.js is not in the bundle's lock; /,
    ],
    [
      "the lock",
      (path) => writeFileSync(join(path, "bundle.lock.json"), "{"),
      /bundle\.lock\.json is damaged;/,
    ],
    [
      "another machine",
      (path) => edit(path, (text) => text.replace(/"platform": "[^"]*"/, '"platform": "linux-riscv64"')),
      /is for linux-riscv64, and this machine is /,
    ],
    [
      "a lock that leads out of the folder",
      (path) => edit(path, (text) => text.replace('"board.json":', '"../../board.json":')),
      /bundle\.lock\.json is damaged;/,
    ],
    [
      "another version of the host",
      (path) =>
        edit(path, (text) => text.replaceAll(/"(plan|module) [0-9a-f]{64} /g, `"$1 ${"0".repeat(64)} `)),
      /was prepared by another version of the host \(busbar 0\.1\.0\); make it anew with this one\.$/,
    ],
  ];

  function edit(path: string, change: (text: string) => string): void {
    const file = join(path, "bundle.lock.json");
    chmodSync(file, 0o644);
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }

  test.each(spoiled)("%s: its own command and an installed one refuse it", async (name, spoil, sentence) => {
    const path = copy(name.replaceAll(" ", "-"));
    spoil(path);
    for (const { code, stdout, stderr } of [
      await started(path, "read", "--json"),
      await busbar(["read", path, "--json"]),
    ]) {
      expect(stdout).toBe("");
      const lines = stderr.trimEnd().split("\n");
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0]!)).toMatchObject({
        code: "component",
        exitCode: 4,
        message: expect.stringMatching(sentence),
      });
      expect(code).toBe(4);
    }
  });

  test("an installed busbar runs a bundle, with the lock that was asked for and no other", async () => {
    const read = await busbar(["read", made, "--lock", lock.toUpperCase()]);
    expect(read.stderr).toBe("");
    expect(read.stdout).toContain("21.5");
    expect(
      createHash("sha256")
        .update(readFileSync(join(made, "bundle.lock.json")))
        .digest("hex"),
    ).toBe(lock);

    const other = "0".repeat(64);
    for (const { code, stderr } of [
      await busbar(["read", made, "--lock", other]),
      await started(made, "read", "--lock", other),
    ]) {
      expect(stderr).toMatch(
        /^busbar: the lock of the bundle .* is [0-9a-f]{64}, not the one that was asked for; .*\n$/,
      );
      expect(code).toBe(4);
    }
    const noBundle = await busbar(["read", "examples/indoor/board.json", "--lock", lock]);
    expect(noBundle.stderr).toMatch(/^busbar: --lock is for a bundle, and .* is none\.\n$/);
    expect(noBundle.code).toBe(2);
  });
});

test("without the compiler of native code, a sentence says what is missing", { timeout: slow }, async () => {
  const { code, stderr } = await busbar(["bundle", "board.json", "--out", "native", "--native"], {
    cwd: folder.path,
    env: { PATH: "/nowhere" },
  });
  expect(code).toBe(6);
  expect(stderr).toBe(
    "busbar: busbar-wasmtime-compile, which makes the code for --native, is not installed here; build it with " +
      '"cargo build --release" in host/wasmtime and put it into PATH, or leave --native out.\n',
  );
  expect(existsSync(join(folder.path, "native"))).toBe(false);
});
