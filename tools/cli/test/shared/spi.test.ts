import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bme280Registers, busbar, folderOf, slow, workspace } from "../support/busbar.ts";

const driver = join(workspace, "packages/bme280/dist/bme280-spi.wasm");

/** By SPI a register's bit 7 says whether it is read (BST-BME280-DS002 section 6.3). */
const registers = Object.fromEntries(
  Object.entries(bme280Registers).map(([register, bytes]) => [
    `0x${(Number(register) & 0x7f).toString(16)}`,
    bytes,
  ]),
);
const simulate = [{ spi: "sim", chipSelect: 1, model: "registers", registers }];

const board = (entry: object = {}) => ({
  devices: { indoor: { driver, spi: { bus: "sim", chipSelect: 1, ...entry } } },
  simulate,
});

describe("a sensor on SPI", { timeout: slow }, () => {
  test("is read, and said where it is", async () => {
    using folder = folderOf({ "board.json": board() });
    const { code, stdout, stderr } = await busbar(["read", "board.json"], { cwd: folder.path });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain('SPI bus "sim" (simulated) at chip select 1\n');
    expect(stdout).toMatch(/temperature +25\.08/);
  });

  test("does what is granted, and the operator is told of the rest", async () => {
    using folder = folderOf({ "board.json": board({ direction: "read" }) });
    const { code, stderr } = await busbar(["read", "board.json"], { cwd: folder.path });
    expect(code).toBe(7);
    expect(stderr).toContain("spi transaction on SPI bus sim at chip select 1: ");
    expect(stderr).toContain('is not granted, only "read" is');
  });

  test("is looked at by doctor: a line of a simulated bus with nothing on it is wrong", async () => {
    const { devices } = board();
    const other = { driver, spi: { bus: "sim", chipSelect: 2 } };
    using folder = folderOf({ "board.json": { devices: { ...devices, other }, simulate } });
    const { code, stdout } = await busbar(["doctor", "--json"], { cwd: folder.path });
    const { findings } = JSON.parse(stdout) as { findings: { id: string }[] };
    expect(findings.filter(({ id }) => id.endsWith(".spi"))).toEqual([
      {
        ...{ id: "devices.indoor.spi", ok: true },
        what: 'indoor: chip select 1 of SPI bus "sim" can be used (simulator).',
      },
      {
        ...{ id: "devices.other.spi", ok: false, code: "backend" },
        what: "other: nothing is on chip select 2 of the simulated bus; correct the number, or simulate a device there.",
      },
    ]);
    expect(code).toBe(6);
  });
});
