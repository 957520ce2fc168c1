import { once } from "node:events";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { componentBytes } from "../../../registry/test/support/component-bytes.ts";
import { busbar, ended, folderOf, simulatedRegisters, slow, start } from "../support/busbar.ts";
import { appSource, buildGuest, sensorDriver, sensorSource } from "../support/guests.ts";

const texts = { vendor: "V", model: "M", label: "t" };
const at = (address: string, bus = "sim") => ({ i2c: { bus, address } });
const healthy = { driver: "./sensor.wasm", ...at("0x76") };
const greedy = { driver: "./greedy.wasm", ...at("0x40") };
const missing = { driver: "./nothing.wasm", ...at("0x41") };
const noBus = { driver: "./sensor.wasm", ...at("0x42", "attic") };
const traps = { driver: "./traps.wasm", ...at("0x43") };
const simulate = [simulatedRegisters("0x76")];

let sensor: Uint8Array;
let trapping: Uint8Array;
let app: Uint8Array;

beforeAll(async () => {
  sensor = await buildGuest(sensorDriver, sensorSource(texts, "return [20];"));
  trapping = await buildGuest(sensorDriver, sensorSource(texts, 'throw new Error("no WIT error");'));
  app = await buildGuest("app", appSource('print("hello\\n");'));
}, slow);

function boardOf(devices: object, apps: object = {}) {
  return folderOf({
    "sensor.wasm": sensor,
    "traps.wasm": trapping,
    "app.wasm": app,
    "greedy.wasm": componentBytes(["wasi:filesystem/types@0.2.0"], ["busbar:device/sensor@0.1.0"]),
    "greedy-app.wasm": componentBytes(["wasi:sockets/tcp@0.2.0"], ["wasi:cli/run@0.2.0"]),
    "board.json": { devices, apps, simulate },
  });
}

const records = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** Runs a board until the healthy sensor was read so often after so many errors, and ends it. */
async function runBoard(devices: object, readings: number, errors: number) {
  using folder = boardOf(devices);
  const child = start(["run", "board.json", "--every", "1", "--json"], { cwd: folder.path });
  const end = ended(child);
  let count = 0;
  let failures = 0;
  createInterface({ input: child.stderr! }).on("line", () => {
    failures += 1;
  });
  createInterface({ input: child.stdout! }).on("line", () => {
    if (failures >= errors) count += 1;
    if (count === readings) child.kill("SIGTERM");
  });
  await once(child, "exit");
  const { code, stderr } = await end;
  return { code, count, told: records(stderr) };
}

describe("one device that fails does not end the others", { timeout: slow }, () => {
  test("busbar run: what cannot be mended is told once, and is the exit code at the end", async () => {
    const { code, count, told } = await runBoard({ greedy, missing, healthy }, 20, 2);
    expect(count).toBeGreaterThanOrEqual(20);
    expect(told).toMatchObject([
      { type: "error", code: "not-granted", exitCode: 5, device: "greedy", retryMs: null },
      { type: "error", code: "component", exitCode: 4, device: "missing", retryMs: null },
    ]);
    expect(code).toBe(5);
  });

  test("busbar run: what may come is tried again, and is the exit code only if it never came", async () => {
    const { code, told } = await runBoard({ "no-bus": noBus, traps, healthy }, 20, 2);
    const of = (device: string) => told.filter((each) => each.device === device);
    expect(of("no-bus")[0]).toMatchObject({ type: "error", code: "backend", retryMs: 1000 });
    expect(of("traps")[0]).toMatchObject({ type: "error", code: "device", retryMs: 1000 });
    expect([6, 7]).toContain(code);
  });

  test("busbar run: where every device is given up, it ends", async () => {
    using folder = boardOf({ greedy, missing });
    const { code, stdout, stderr } = await busbar(["run", "board.json"], { cwd: folder.path });
    expect(stdout).toBe("");
    const lines = stderr.trimEnd().split("\n");
    expect(lines).toEqual([
      expect.stringMatching(
        /^\S+Z busbar: greedy: .*which no line of a board file can grant.* \(not tried again\)$/,
      ),
      expect.stringMatching(/^\S+Z busbar: missing: .*there is no such file.* \(not tried again\)$/),
    ]);
    expect(code).toBe(5);
  });

  test("busbar watch", async () => {
    using folder = boardOf({ healthy, greedy });
    const args = ["watch", "board.json", "--times", "3", "--every", "1", "--json"];
    const { code, stdout, stderr } = await busbar(args, { cwd: folder.path });
    expect(records(stdout)).toHaveLength(3);
    expect(records(stderr)).toMatchObject([{ code: "not-granted", device: "greedy", retryMs: null }]);
    expect(code).toBe(5);
  });

  test("busbar read: the others are read; one of them alone is no error", async () => {
    using folder = boardOf({ missing, greedy, healthy, "no-bus": noBus });
    const all = await busbar(["read", "board.json", "--json"], { cwd: folder.path });
    expect(JSON.parse(all.stdout)).toMatchObject({
      readings: [{ device: "healthy" }],
      errors: [
        { code: "component", device: "missing" },
        { code: "not-granted", device: "greedy" },
        { code: "backend", device: "no-bus" },
      ],
    });
    expect(all.code).toBe(4);
    const one = await busbar(["read", "board.json", "healthy"], { cwd: folder.path });
    expect(one).toMatchObject({ code: 0, stderr: "" });
    const other = await busbar(["read", "board.json", "greedy"], { cwd: folder.path });
    expect(other).toMatchObject({ code: 5, stdout: "" });
  });

  test("an app goes on beside a device and an app that are refused", async () => {
    using folder = boardOf(
      { healthy, greedy },
      {
        nosy: { component: "./greedy-app.wasm", uses: [] },
        station: { component: "./app.wasm", uses: ["healthy", "greedy"] },
      },
    );
    const { code, stdout, stderr } = await busbar(["run", "board.json", "--json"], { cwd: folder.path });
    expect(records(stdout)).toMatchObject([{ type: "output", app: "station", line: "hello" }]);
    expect(records(stderr)).toMatchObject([
      { code: "not-granted", device: "greedy" },
      { code: "not-granted", app: "nosy", retryMs: null },
    ]);
    expect(code).toBe(5);
  });
});
