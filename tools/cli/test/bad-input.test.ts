import { join } from "node:path";
import { deviceInterfaces } from "@busbar/host/module";
import { beforeAll, describe, expect, test } from "vitest";
import { componentBytes, coreModule } from "../../registry/test/support/component-bytes.ts";
import { bme280, busbar, folderOf, simulatedBoard, slow, warmCache } from "./support/busbar.ts";

const wiring = { i2c: { bus: "sim", address: "0x76" } };

function boardWith(driver: string): object {
  return { devices: { indoor: { driver, ...wiring } } };
}

const knownInterfaces = Object.values(deviceInterfaces)
  .map(({ path, version }) => `${path}@${version}`)
  .join(", ");

interface BadInput {
  readonly name: string;
  readonly files: Readonly<Record<string, string | Uint8Array | object>>;
  /** Without it: read board.json. */
  readonly args?: readonly string[];
  readonly code: number;
  /** The whole of stderr after "busbar: ". */
  readonly message: string;
}

const cases: readonly BadInput[] = [
  {
    name: "a missing board file",
    files: {},
    code: 3,
    message: "the board file board.json does not exist; write one, or name another.",
  },
  {
    name: "a board file that is no JSON",
    files: { "board.json": '{ "devices": ' },
    code: 3,
    message: "board.json is not JSON: Unexpected end of JSON input.",
  },
  {
    name: "a key that is no key",
    files: { "board.json": { devices: { indoor: { driver: "./a.wasm", i2d: {} } } } },
    code: 3,
    message:
      'board.json: "devices.indoor.i2d" is no key of a board file here; remove it, or correct its spelling.',
  },
  {
    name: "a missing key",
    files: { "board.json": { devices: { indoor: wiring } } },
    code: 3,
    message: 'board.json: "devices.indoor.driver" is missing, and no app uses "indoor".',
  },
  {
    name: "an address out of range",
    files: {
      "board.json": { devices: { indoor: { driver: "./a.wasm", i2c: { bus: 1, address: "0x78" } } } },
    },
    code: 3,
    message:
      'board.json: "devices.indoor.i2c.address" is "0x78": expected a 7-bit I2C address from "0x08" to "0x77", or a list of such.',
  },
  {
    name: "a device that the board does not have",
    files: { "board.json": boardWith(bme280) },
    args: ["read", "board.json", "outdoor"],
    code: 3,
    message: 'board.json has no sensor "outdoor"; its sensors: "indoor".',
  },
  {
    name: "a wrong parameter of a simulated device",
    files: { "board.json": simulatedBoard({}, { colour: "green" }) },
    code: 3,
    message:
      'simulate[0] (bme280 at 0x76): "colour" is no parameter of this model; remove it, or correct its spelling.',
  },
  {
    name: "a package that is not installed",
    files: { "board.json": boardWith("@busbar/nothing") },
    code: 4,
    message:
      'indoor: the driver @busbar/nothing is not installed where the board file is; run "npm install @busbar/nothing" there.',
  },
  {
    name: "a driver file that does not exist",
    files: { "board.json": boardWith("./lcd.wasm") },
    code: 4,
    message:
      'indoor: the driver ./lcd.wasm is FOLDER/lcd.wasm: there is no such file; build the driver with "busbar build".',
  },
  {
    name: "a file that is no component",
    files: { "board.json": boardWith("./board.json") },
    code: 4,
    message: "indoor: ./board.json is not a WebAssembly file; name a component built by busbar build.",
  },
  {
    name: "a core module",
    files: { "board.json": boardWith("./core.wasm"), "core.wasm": coreModule },
    code: 4,
    message: "indoor: ./core.wasm is a core WebAssembly module, not a component; build it with busbar build.",
  },
  {
    name: "a component of the wrong world",
    files: {
      "board.json": boardWith("./other.wasm"),
      "other.wasm": componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["wasi:cli/run@0.2.0"]),
    },
    code: 4,
    message: `indoor: ./other.wasm is no device driver: it exports wasi:cli/run@0.2.0, but none of ${knownInterfaces}.`,
  },
  {
    name: "a component that imports what cannot be granted",
    files: {
      "board.json": boardWith("./greedy.wasm"),
      "greedy.wasm": componentBytes(["wasi:filesystem/types@0.2.0"], ["busbar:device/sensor@0.1.0"]),
    },
    code: 5,
    message:
      "indoor: ./greedy.wasm imports wasi:filesystem/types@0.2.0, which no line of a board file can grant; use " +
      "another driver.",
  },
  {
    name: "a component that imports what the board does not grant",
    files: {
      "board.json": { devices: { indoor: { driver: "./i2c.wasm" } } },
      "i2c.wasm": componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["busbar:device/sensor@0.1.0"]),
    },
    code: 5,
    message:
      "indoor: ./i2c.wasm imports wasi:i2c/i2c@0.2.0-draft, which the board does not grant; " +
      'add "i2c": { "bus": 1, "address": "0x76" } to "devices.indoor".',
  },
  {
    name: "a bus that does not exist",
    files: {
      "board.json": { devices: { indoor: { driver: bme280, i2c: { bus: "attic", address: "0x76" } } } },
    },
    code: 6,
    message:
      'indoor: there is no I2C bus "attic" (asked Linux i2c-dev); list the buses with "busbar scan", or simulate it.',
  },
  {
    name: "a setting that the driver refuses",
    files: { "board.json": simulatedBoard({ settings: { filter: "3" } }) },
    code: 7,
    message: 'indoor: The setting "filter" of "indoor" is "3", but must be one of off, 2, 4, 8, 16.',
  },
  {
    name: "nothing at the address",
    files: { "board.json": simulatedBoard({ i2c: { bus: "sim", address: "0x77" } }) },
    code: 7,
    message:
      "indoor: reading 1 byte from register 0xD0 of 0x77: nothing answers there; check the wiring, the power and the " +
      "address.",
  },
  {
    name: "an unknown command",
    files: {},
    args: ["raed", "board.json"],
    code: 2,
    message: "unknown command 'raed' (Did you mean read?); see \"busbar --help\".",
  },
  {
    name: "an unknown option",
    files: {},
    args: ["read", "board.json", "--fast"],
    code: 2,
    message: "unknown option '--fast'; see \"busbar --help\".",
  },
  {
    name: "a missing argument",
    files: {},
    args: ["inspect"],
    code: 2,
    message: "missing required argument 'component'; see \"busbar --help\".",
  },
  {
    name: "an argument too many",
    files: {},
    args: ["read", "a", "b", "c"],
    code: 2,
    message: "too many arguments for 'read'. Expected 2 arguments but got 3: a, b, c; see \"busbar --help\".",
  },
  {
    name: "a number that is none",
    files: {},
    args: ["watch", "board.json", "--every", "soon"],
    code: 2,
    message:
      "option '--every <ms>' argument 'soon' is invalid. Expected a whole number from 1 to 86400000; see \"busbar --help\".",
  },
  {
    name: "an engine that does not exist",
    files: {},
    args: ["build", "--engine", "v8"],
    code: 2,
    message:
      "option '--engine <name>' argument 'v8' is invalid. Allowed choices are quickjs, starlingmonkey, micro; see \"busbar --help\".",
  },
  {
    name: "a folder without a package",
    files: {},
    args: ["build"],
    code: 4,
    message:
      "There is no FOLDER/package.json; run the build in a driver package's folder, or name that folder.",
  },
];

beforeAll(warmCache, slow);

describe("bad input ends in one sentence and an exit code", { timeout: slow }, () => {
  test.concurrent.for(cases)("$name", async ({ files, args, code, message }, { expect }) => {
    using folder = folderOf(files);
    const result = await busbar(args ?? ["read", "board.json"], { cwd: folder.path });
    expect(result.stderr.replaceAll(folder.path, "FOLDER")).toBe(`busbar: ${message}\n`);
    expect(result.stdout).toBe("");
    expect(result.code).toBe(code);
  });

  test("with --json it is one JSON object on stderr", async () => {
    using folder = folderOf({});
    const missing = await busbar(["read", "board.json", "--json"], { cwd: folder.path });
    expect(JSON.parse(missing.stderr)).toEqual({
      type: "error",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      code: "board",
      exitCode: 3,
      message: "the board file board.json does not exist; write one, or name another.",
    });
    const usage = await busbar(["raed", "--json"], { cwd: folder.path });
    expect(JSON.parse(usage.stderr)).toMatchObject({ type: "error", code: "usage", exitCode: 2 });
  });

  test("a stack is shown with BUSBAR_DEBUG only", async () => {
    const args = ["read", join("/", "nowhere", "board.json")];
    const [plain, debug] = await Promise.all([busbar(args), busbar(args, { env: { BUSBAR_DEBUG: "1" } })]);
    expect(plain.stderr).not.toContain("    at ");
    expect(debug.stderr).toContain("    at ");
    expect(debug.code).toBe(3);
  });

  test("no command shows the help and is a usage error", async () => {
    const { code, stderr } = await busbar([]);
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: busbar");
    expect(stderr).toMatch(/busbar: name a command; the list is above\.\n$/);
  });
});
