/** An app and its drivers as one component, on devices that the board gives no driver: see `support/busbar.ts`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import {
  bme280Registers,
  busbar,
  ended,
  folderOf,
  simulatedRegisters,
  slow,
  start,
  workspace,
} from "../support/busbar.ts";

let station: Uint8Array;
let files: Uint8Array;

/** An app and its drivers as one component. */
async function composed(app: string, ...drivers: string[]): Promise<Uint8Array> {
  const componentOf = (name: string) => join(workspace, `packages/${name}/dist/${name}.wasm`);
  using folder = folderOf({});
  const out = join(folder.path, "composed.wasm");
  const plugs = drivers.flatMap((driver) => ["--plug", componentOf(driver)]);
  // Only the command for Node composes.
  const ended = await busbar(["compose", componentOf(app), ...plugs, "--out", out], { own: true });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return readFileSync(out);
}

beforeAll(async () => {
  station = await composed("weather-station", "bme280", "hd44780");
  files = await composed("usb-files", "mass-storage");
}, slow);

const at = (address: string, more: object = {}) => ({ i2c: { bus: "sim", address, ...more } });
const simulate = [simulatedRegisters("0x76", bme280Registers), simulatedRegisters("0x27")];

/** Runs the station until it has printed so many lines. */
async function run(devices: object, lines: number) {
  using folder = folderOf({
    "station.wasm": station,
    "board.json": {
      devices,
      simulate,
      apps: { station: { component: "./station.wasm", uses: Object.keys(devices) } },
    },
  });
  const child = start(["run", "board.json", "--log-format", "json"], { cwd: folder.path });
  const end = ended(child);
  let count = 0;
  createInterface({ input: child.stdout! }).on("line", () => {
    count += 1;
    if (count === lines) child.kill("SIGTERM");
  });
  const { code, stdout, stderr } = await end;
  const told = stderr.split("\n").filter((line) => line !== "");
  return { code, lines: stdout.trimEnd().split("\n"), told: told.map((line) => JSON.parse(line)) };
}

describe("a composed app", { timeout: slow }, () => {
  test("reaches the devices that it drives, by their names, and shows what it reads", async () => {
    const { code, lines, told } = await run({ indoor: at("0x76"), panel: at("0x27") }, 2);
    expect([code, told]).toEqual([0, []]);
    const reading = "temperature 25.1 C, pressure 1007 hPa, humidity 36 %";
    expect(lines).toEqual([`1: ${reading}`, `2: ${reading}`]);
  });

  test("is held to the grant of each device, and the operator is told", async () => {
    const { code, lines, told } = await run({ indoor: at("0x76", { direction: "read" }) }, 1);
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^indoor: /);
    expect(told[0]).toMatchObject({ type: "denied", device: "indoor", denied: "direction" });
  });

  test("goes on without a device that it does not use, and without a bus that is not there", async () => {
    const { lines, told } = await run({ indoor: at("0x76") }, 2);
    expect(lines[1]).toMatch(/^panel: .*the app may not drive "panel"; add it to "apps\.station\.uses"/);
    const denied = told.map(({ type, device, call, denied }) => ({ type, device, call, denied }));
    expect(denied).toEqual(
      ["settings.get", "i2c.open"].map((call) => ({
        ...{ type: "denied", device: "station", denied: "name" },
        call: `${call}("panel")`,
      })),
    );
    const attic = await run({ indoor: { i2c: { bus: "attic", address: "0x76" } } }, 1);
    expect(attic.lines[0]).toMatch(/^indoor: .*there is no I2C bus "attic"/);
  });
});

describe("an app that brings a USB driver", { timeout: slow }, () => {
  /** Lists the files of the stick that it drives itself. */
  async function list(stick: object) {
    using folder = folderOf({
      "files.wasm": files,
      "board.json": {
        devices: { stick },
        apps: { files: { component: "./files.wasm", uses: ["stick"] } },
      },
    });
    return await busbar(["run", "board.json", "--", "ls"], { cwd: folder.path });
  }

  test("is told that its device is not plugged in", async () => {
    // No device of this machine.
    const usb = { vendorId: "0x1209", serialNumber: "busbar-none", interfaces: [0] };
    const { code, stdout, stderr } = await list({ usb });
    expect([code, stdout]).toEqual([8, ""]);
    expect(stderr).toMatch(/^busbar: stick: /);
    expect(stderr).toContain('The USB device of "stick" is not plugged in; plug it in.\n');
  });

  test("does not start where the board wires no USB to it", async () => {
    expect(await list(at("0x20"))).toEqual({
      code: 5,
      stdout: "",
      stderr:
        "busbar: files: ./files.wasm imports component:usb/errors@0.2.1, which the board does not grant; " +
        'add "uses" with a device that has "usb" and no "driver" to "apps.files".\n',
    });
  });
});
