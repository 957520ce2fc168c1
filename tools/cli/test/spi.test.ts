import { parseBoard } from "@busbar/host";
import { describe, expect, test } from "vitest";
import { componentBytes } from "../../registry/test/support/component-bytes.ts";
import { busbar, folderOf, slow } from "./support/busbar.ts";

const driver = componentBytes(["wasi:spi/spi"], ["busbar:device/sensor@0.1.0"]);

/** A Raspberry Pi whose second device a kernel driver has. */
const machine = {
  folders: { "/sys/bus/spi/devices": ["spi0.0", "spi0.1"], "/sys/class/spi_master": ["spi0"] },
  files: {
    "/dev/spidev0.0": "",
    "/sys/bus/spi/devices/spi0.0/driver": "../../../bus/spi/drivers/spidev",
    "/sys/bus/spi/devices/spi0.1/driver": "../../../bus/spi/drivers/bmp280-spi",
  },
};

describe("an SPI driver", { timeout: slow }, () => {
  test("is inspected with the entry that grants it", async () => {
    using folder = folderOf({ "adc.wasm": driver });
    const { stdout } = await busbar(["inspect", "adc.wasm", "--json"], { cwd: folder.path });
    const { devices, imports } = JSON.parse(stdout);
    expect(imports).toEqual([{ name: "wasi:spi/spi", grant: '"spi": { "bus": 0, "chipSelect": 0 }' }]);
    expect(devices).toEqual({ "my-sensor": { driver: "./adc.wasm", spi: { bus: 0, chipSelect: 0 } } });
    expect(() => parseBoard({ devices })).not.toThrow();
  });

  test("on a simulated bus has nothing wrong, and on a line with nothing on it has", async () => {
    const simulate = [{ spi: "sim", chipSelect: 1, model: "spi-loopback" }];
    const entry = (chipSelect: number) => ({ driver: "./adc.wasm", spi: { bus: "sim", chipSelect } });
    const board = { devices: { adc: entry(1), other: entry(2) }, simulate };
    using folder = folderOf({ "adc.wasm": driver, "board.json": board });
    const { code, stdout } = await busbar(["doctor", "--json"], { cwd: folder.path });
    const { findings } = JSON.parse(stdout) as { findings: { id: string }[] };
    expect(findings.filter(({ id }) => id.endsWith(".spi"))).toEqual([
      {
        ...{ id: "devices.adc.spi", ok: true },
        what: 'adc: chip select 1 of SPI bus "sim" can be used (simulator).',
      },
      {
        ...{ id: "devices.other.spi", ok: false, code: "backend" },
        what: "other: nothing is on chip select 2 of the simulated bus; correct the number, or simulate a device there.",
      },
    ]);
    expect(code).toBe(6);
  });

  test("behind a bridge needs nothing of this machine", async () => {
    const exporting = componentBytes(["busbar:board/settings@0.1.0"], ["busbar:device/spi-controller@0.1.0"]);
    const board = {
      bridges: { dongle: { driver: "./dongle.wasm" } },
      devices: { adc: { driver: "./adc.wasm", spi: { bus: "dongle", chipSelect: 0 } } },
    };
    using folder = folderOf({ "adc.wasm": driver, "dongle.wasm": exporting, "board.json": board });
    const { code, stdout } = await busbar(["doctor", "--json"], { cwd: folder.path });
    const { findings } = JSON.parse(stdout) as { findings: { id: string }[] };
    expect(findings.filter(({ id }) => id.endsWith(".spi"))).toEqual([
      { id: "devices.adc.spi", ok: true, what: 'adc: SPI bus "dongle" is behind the bridge "dongle".' },
    ]);
    expect(code).toBe(0);
  });

  test("on this machine: what a kernel driver has is named, with the line that mends it", async () => {
    const devices = {
      adc: { driver: "./adc.wasm", spi: { bus: 0, chipSelect: 0 } },
      air: { driver: "./adc.wasm", spi: { bus: "spi0", chipSelect: 1 } },
    };
    using folder = folderOf({ "adc.wasm": driver, "board.json": { devices } });
    const { stdout } = await busbar(["doctor", "--json"], { cwd: folder.path, machine });
    const { findings } = JSON.parse(stdout) as { findings: { id: string }[] };
    expect(findings.filter(({ id }) => id.endsWith(".spi"))).toMatchObject([
      { ok: true, what: "adc: This user may use /dev/spidev0.0." },
      {
        ...{ ok: false, what: "air: The kernel driver bmp280-spi uses spi0.1." },
        fix: expect.stringContaining("echo spi0.1 | sudo tee /sys/bus/spi/drivers/bmp280-spi/unbind"),
      },
    ]);
    const whole = JSON.parse((await busbar(["doctor", "--json"], { machine, cwd: "/" })).stdout);
    const ids = whole.findings.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(expect.arrayContaining(["spi", "/dev/spidev0.0", "/dev/spidev0.1"]));
  });
});
