import { beforeAll, describe, expect, test } from "vitest";
import { componentBytes } from "../../registry/test/support/component-bytes.ts";
import { busbar, ended, folderOf, simulatedBoard, slow, start } from "./support/busbar.ts";
import { appSource, buildGuest, sensorDriver, sensorSource } from "./support/guests.ts";
import { hostile, rawCharacters, shown } from "./support/raw.ts";
import { nativeDevice, sysfsOf } from "./support/usb.ts";

const texts = { vendor: hostile, model: "M", label: hostile };
const simulated = { i2c: { bus: "sim", address: "0x76" } };

let talker: Uint8Array;
let failing: Uint8Array;
let app: Uint8Array;

beforeAll(async () => {
  talker = await buildGuest(sensorDriver, sensorSource(texts, "return [20];"));
  const error = { tag: "protocol", val: hostile };
  failing = await buildGuest(sensorDriver, sensorSource(texts, `throw ${JSON.stringify(error)};`));
  const bytes = Buffer.from(`${hostile}\ta\n`, "utf8").toString("latin1");
  app = await buildGuest("app", appSource(`print(${JSON.stringify(bytes)});`));
}, slow);

/** A command, and what it must show of the hostile text; nothing where it shows none of it. */
interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly shows: string | undefined;
  readonly machine?: object;
}

const cases: readonly Case[] = [
  { name: "read", args: ["read", "board.json", "talker"], shows: "x\\u{1b}[2J" },
  { name: "read, an error", args: ["read", "board.json", "failing"], shows: shown },
  { name: "watch", args: ["watch", "board.json", "--times", "1"], shows: "x\\u{1b}[2J" },
  { name: "a driver's text about a setting", args: ["read", "setting.json"], shows: "\\u{9b}31m" },
  { name: "inspect", args: ["inspect", "greedy.wasm"], shows: "x\\u{1b}[2J" },
  { name: "what is not granted", args: ["read", "greedy.json"], shows: shown },
  { name: "doctor", args: ["doctor", "greedy.json"], shows: shown },
  { name: "a device that the board does not have", args: ["read", "board.json", hostile], shows: shown },
  { name: "a board file that is not there", args: ["read", hostile], shows: shown },
  { name: "a command that is not there", args: [hostile], shows: "x\\u{1b}[2J" },
  { name: "call", args: ["call", "board.json", "talker", hostile], shows: undefined },
  { name: "build", args: ["build", hostile], shows: "x\\u{1b}[2J" },
  { name: "compose", args: ["compose", hostile, "--plug", hostile, "--out", "x.wasm"], shows: shown },
  { name: "flatten", args: ["flatten", hostile, "--out", "x.wasm"], shows: shown },
  { name: "scan", args: ["scan", hostile], shows: shown },
  { name: "publish", args: ["publish", hostile, "talker.wasm"], shows: shown },
  { name: "pull", args: ["pull", `oci://${hostile}`], shows: "x\\u{1b}[2J" },
  {
    name: "devices",
    args: ["devices", "--verbose"],
    shows: "x\\u{1b}[2J",
    machine: {
      usb: [nativeDevice({ ports: [2], ids: [0x1209, 1], interfaces: [{ codes: [3, 0, 0] }] })],
      files: sysfsOf([2], { product: hostile.replace("\n", ""), manufacturer: "\u009b", serial: "\u202e" }),
    },
  },
];

function files() {
  const driver = { ...simulated };
  return {
    "talker.wasm": talker,
    "failing.wasm": failing,
    "greedy.wasm": componentBytes([`evil:${hostile}/x@0.1.0`], ["busbar:device/sensor@0.1.0"]),
    "app.wasm": app,
    "board.json": {
      devices: {
        talker: { driver: "./talker.wasm", ...driver },
        failing: { driver: "./failing.wasm", i2c: { bus: "sim", address: "0x77" } },
      },
      simulate: [{ i2c: "sim", address: "0x76", model: "bme280" }],
    },
    "greedy.json": { devices: { greedy: { driver: "./greedy.wasm", ...driver } } },
    "setting.json": simulatedBoard({ settings: { filter: hostile } }),
    "app.json": {
      devices: { talker: { driver: "./talker.wasm", ...driver } },
      apps: { station: { component: "./app.wasm", uses: ["talker"] } },
    },
  };
}

describe("a text of others is shown, not obeyed", { timeout: slow }, () => {
  test.concurrent.for(cases)("$name", async ({ args, shows, machine }, { expect }) => {
    using folder = folderOf(files());
    const options = { cwd: folder.path, ...(machine && { machine }) };
    const { stdout, stderr } = await busbar(args, options);
    expect(rawCharacters(stdout + stderr)).toEqual([]);
    if (shows !== undefined) expect(stdout + stderr).toContain(shows);
    // No line of another's making.
    expect(`\n${stdout}${stderr}`).not.toContain("\nbusbar: fake");

    const json = await busbar([...args, "--json"], options);
    expect(rawCharacters(json.stdout + json.stderr)).toEqual([]);
    const lines = (json.stdout + json.stderr).split("\n").filter((line) => line !== "");
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  test("what a program reads is the text itself", async () => {
    using folder = folderOf(files());
    const { stdout } = await busbar(["read", "board.json", "talker", "--json"], { cwd: folder.path });
    expect(JSON.parse(stdout)).toMatchObject({ readings: [{ vendor: hostile, values: { [hostile]: 20 } }] });
  });
});

describe("what an app prints", { timeout: slow }, () => {
  test("is a record a line with --json", async () => {
    using folder = folderOf(files());
    const { stdout, code } = await ended(start(["run", "app.json", "--json"], { cwd: folder.path }));
    expect(rawCharacters(stdout)).toEqual([]);
    const lines = stdout.trimEnd().split("\n");
    const [first, second] = `${hostile}\ta`.split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: "output", app: "station", line: first },
      { type: "output", app: "station", line: second },
    ]);
    expect(code).toBe(0);
  });

  test("goes unchanged where no terminal reads it", async () => {
    using folder = folderOf(files());
    const { stdout } = await ended(start(["run", "app.json"], { cwd: folder.path }));
    expect(stdout).toBe(`${hostile}\ta\n`);
  });
});
