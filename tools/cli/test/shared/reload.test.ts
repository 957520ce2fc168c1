import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type FolderOf,
  folderWithModels,
  isOwnCommand,
  slow,
  start,
  warmCache,
  workspace,
} from "../support/busbar.ts";

beforeAll(warmCache, slow);

const wasm = (name: string) => join(workspace, `packages/${name}/dist/${name}.wasm`);
const bme280 = { driver: wasm("bme280"), i2c: { bus: "sim", address: "0x76" } };
const sht3x = { driver: wasm("sht3x"), i2c: { bus: "sim", address: "0x44" } };
const panel = { driver: wasm("hd44780"), i2c: { bus: "sim", address: "0x27" } };
const simulate = [
  { i2c: "sim", address: "0x76", model: "bme280", temperature: 21.5 },
  { i2c: "sim", address: "0x44", model: "sht3x", temperature: 30 },
  { i2c: "sim", address: "0x27", model: "hd44780" },
];
const apps = { station: { component: wasm("weather-station"), uses: ["indoor", "panel"] } };

/** `busbar run --json` on a board that can be edited. */
class Run implements AsyncDisposable {
  readonly #folder: FolderOf;
  readonly #child: ChildProcess;
  readonly #records: AsyncIterator<string>;
  readonly #notices: AsyncIterator<string>;

  constructor(board: object, files: readonly (readonly [string, Uint8Array])[] = []) {
    this.#folder = folderWithModels({ "board.json": board, ...Object.fromEntries(files) });
    this.#child = start(["run", "board.json", "--every", "1", "--json"], { cwd: this.#folder.path });
    this.#records = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    this.#notices = createInterface({ input: this.#child.stderr! })[Symbol.asyncIterator]();
  }

  /** As an editor does it: another file gets the name. */
  edit(board: object | string): void {
    const next = join(this.#folder.path, ".board.json.swp");
    writeFileSync(next, typeof board === "string" ? board : JSON.stringify(board));
    renameSync(next, join(this.#folder.path, "board.json"));
  }

  /** Another file gets the name. */
  write(name: string, content: string | Uint8Array): void {
    const next = join(this.#folder.path, `.${name}.swp`);
    writeFileSync(next, content);
    renameSync(next, join(this.#folder.path, name));
  }

  hangUp(): void {
    this.#child.kill("SIGHUP");
  }

  /** The next record on stdout that is as wanted. */
  record(isWanted: (record: Told) => boolean): Promise<Told> {
    return next(this.#records, isWanted);
  }

  /** The next one on stderr. */
  notice(): Promise<Told> {
    return next(this.#notices, () => true);
  }

  /** Ends it, and tells the exit code. */
  async end(): Promise<unknown> {
    const closed = once(this.#child, "close");
    this.#child.kill("SIGTERM");
    const [code] = (await closed) as [number];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) await this.end();
    this.#folder[Symbol.dispose]();
  }
}

interface Told {
  readonly type: string;
  readonly device?: string;
  readonly line?: string;
  readonly message?: string;
}

async function next(lines: AsyncIterator<string>, isWanted: (record: Told) => boolean): Promise<Told> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error("the command ended");
    const record = JSON.parse(value) as Told;
    if (isWanted(record)) return record;
  }
}

describe("an edit of the board file while busbar run goes on", { timeout: slow }, () => {
  test("another sensor: the weather station goes on with its count, and a wrong edit before is harmless", async () => {
    const board = { devices: { indoor: bme280, panel }, simulate, apps };
    await using run = new Run(board);
    const counted = async (line: RegExp) => {
      const record = await run.record((each) => line.test(each.line ?? ""));
      return Number(line.exec(record.line!)![1]);
    };
    expect(await counted(/^(\d+): temperature 21\.5 C, pressure/)).toBe(1);

    run.edit('{ "devices": { "indoor": ');
    expect(await run.notice()).toMatchObject({
      type: "error",
      code: "board",
      message: expect.stringContaining("is not JSON"),
    });
    const before = await counted(/^(\d+): temperature 21\.5 C, pressure/);

    run.edit({ ...board, devices: { indoor: { ...sht3x, driver: "./gone.wasm" }, panel } });
    expect(await run.notice()).toMatchObject({ type: "error", code: "component" });

    run.edit({ ...board, devices: { indoor: sht3x, panel } });
    expect(await run.notice()).toEqual({
      type: "reload",
      time: expect.any(String),
      replaced: ["indoor"],
      added: [],
      removed: [],
      components: [],
      restart: [],
    });
    const after = await counted(/^(\d+): temperature 30\.0 C, humidity/);
    expect(after).toBeGreaterThan(before);
    expect(after).toBeLessThan(before + 10);
    expect(await run.end()).toBe(0);
  });

  test("sensors are replaced, come and go; SIGHUP says what has changed", async () => {
    const reading = (device: string) => (record: Told) =>
      record.type === "reading" && record.device === device;
    await using run = new Run({ devices: { indoor: bme280 }, simulate });
    await run.record(reading("indoor"));

    run.edit({ devices: { indoor: bme280, attic: sht3x }, simulate });
    expect(await run.notice()).toMatchObject({ type: "reload", added: ["attic"] });
    expect(await run.record(reading("attic"))).toMatchObject({
      model: "SHT3x",
      values: { temperature: expect.closeTo(30, 1) },
    });

    run.edit({ devices: { attic: { ...sht3x, settings: { repeatability: "low" } } }, simulate });
    expect(await run.notice()).toMatchObject({ type: "reload", replaced: ["attic"], removed: ["indoor"] });
    await run.record(reading("attic"));

    run.edit({ devices: {}, simulate });
    expect(await run.notice()).toMatchObject({ type: "reload", removed: ["attic"] });
    run.edit({ devices: { shed: bme280 }, simulate });
    expect(await run.notice()).toMatchObject({ type: "reload", added: ["shed"] });
    await run.record(reading("shed"));

    run.hangUp();
    expect(await run.notice()).toMatchObject({
      type: "reload",
      replaced: [],
      added: [],
      removed: [],
      restart: [],
    });
  });

  test("a new sensor that fails is tried again, and ends nothing", async () => {
    await using run = new Run({ devices: { indoor: bme280 }, simulate });
    await run.record(() => true);
    run.edit({
      devices: { indoor: bme280, attic: { ...sht3x, i2c: { bus: "sim", address: "0x45" } } },
      simulate,
    });
    expect(await run.notice()).toMatchObject({ type: "reload", added: ["attic"] });
    expect(await run.notice()).toMatchObject({ device: "attic", deviceError: "bus", retryMs: 1000 });
    await run.record(({ device }) => device === "indoor");
    expect(await run.end()).toBe(0);
  });

  test.each([
    ["a setting", { ...bme280, settings: { filter: "5" } }, 'The setting "filter"'],
    ["an address", { ...bme280, i2c: { bus: "sim", address: "0x77" } }, "nothing answers there"],
    ["a driver", { ...sht3x, i2c: bme280.i2c }, "indoor: "],
    ["a bus", { ...bme280, i2c: { bus: "simm", address: "0x76" } }, 'there is no I2C bus "simm"'],
    ["a limit", { ...bme280, limits: { memoryMiB: 1 } }, "of memory"],
    ["a key", { ...bme280, setings: {} }, "setings"],
  ])("%s that is wrong keeps what runs, and says what is wrong", async (_, wrong, message) => {
    await using run = new Run({ devices: { indoor: bme280 }, simulate });
    await run.record(() => true);
    run.edit({ devices: { indoor: wrong, attic: sht3x }, simulate });
    expect(await run.notice()).toMatchObject({ type: "error", message: expect.stringContaining(message) });
    for (let count = 0; count < 3; count += 1) {
      expect(await run.record(() => true)).toMatchObject({ device: "indoor", model: "BME280" });
    }
    run.edit({ devices: { indoor: { ...bme280, settings: { filter: "4" } } }, simulate });
    expect(await run.notice()).toMatchObject({ type: "reload", replaced: ["indoor"], added: [] });
    expect(await run.end()).toBe(0);
  });

  test("a component that was built anew is not used before SIGHUP, which says so; a broken one is not used at all", async () => {
    await using run = new Run({ devices: { indoor: { ...bme280, driver: "./driver.wasm" } }, simulate }, [
      ["driver.wasm", readFileSync(bme280.driver)],
    ]);
    await run.record(() => true);
    run.write("driver.wasm", "no component");
    run.hangUp();
    expect(await run.notice()).toMatchObject({ type: "error", code: "component" });
    await run.record(() => true);
    // The same component with a custom section more.
    run.write("driver.wasm", Buffer.concat([readFileSync(bme280.driver), Buffer.from([0, 2, 1, 0x78])]));
    run.edit({ devices: { indoor: { ...bme280, driver: "./driver.wasm" }, attic: sht3x }, simulate });
    expect(await run.notice()).toMatchObject({ type: "reload", added: ["attic"], components: [] });
    run.hangUp();
    expect(await run.notice()).toMatchObject({
      type: "reload",
      replaced: ["indoor"],
      components: ["indoor"],
    });
    await run.record(({ device }) => device === "indoor");
    expect(await run.end()).toBe(0);
  });

  test("what takes a restart is said, and what does not is done", async () => {
    await using run = new Run({ devices: { indoor: bme280, panel }, simulate, apps });
    await run.record(() => true);
    run.edit({
      devices: { indoor: { ...bme280, limits: { callMs: 5000 } }, panel },
      simulate: simulate.slice(0, 2),
      apps: { station: { ...apps.station, uses: ["indoor"] } },
    });
    expect(await run.notice()).toMatchObject({
      ...{ type: "reload", replaced: ["indoor"], added: [], removed: [] },
      restart: ["apps.station", "simulate"],
    });
  });

  test.skipIf(isOwnCommand)(
    "what a confined process gave up takes a restart, and nothing else is held up",
    async () => {
      await using run = new Run({ devices: { indoor: bme280 }, simulate });
      await run.record(() => true);
      const attic = { ...sht3x, i2c: { bus: 250, address: "0x44" } };
      const disk = { driver: wasm("mass-storage"), usb: { class: "0x08" } };
      run.edit({
        devices: { indoor: { ...bme280, limits: { callMs: 5000 } }, attic, disk, shed: sht3x },
        simulate,
      });
      expect(await run.notice()).toMatchObject({
        ...{ type: "reload", replaced: ["indoor"], added: ["shed"], removed: [] },
        restart: ["devices.attic", "devices.disk"],
      });
      await run.record(({ device }) => device === "shed");
      expect(await run.end()).toBe(0);
    },
  );
});
