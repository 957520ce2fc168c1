import { describe, expect, test } from "vitest";
import { RemediedError } from "../src/linux/remedies.ts";
import { diagnoseLinuxSpi, diagnoseSpiDevice } from "../src/spi/index.ts";
import { FakeSpiMachine } from "./spi-machine.ts";

test("all that is there, in the order of its places", () => {
  const machine = new FakeSpiMachine();
  machine.add(1, 0);
  machine.add(0, 10);
  machine.add(0, 2, "bmp280");
  machine.tree["/dev/spidev1.0"] = { mode: 0o600, group: 0, usable: false };
  expect(diagnoseLinuxSpi(machine).map(({ id, ok, what }) => [id, ok, what])).toEqual([
    ["spi", true, "The kernel knows spi0.2, spi0.10, spi1.0."],
    ["/dev/spidev0.2", false, "The kernel driver bmp280 uses spi0.2."],
    ["/dev/spidev0.10", true, "This user may use /dev/spidev0.10."],
    ["/dev/spidev1.0", false, "This user may not open /dev/spidev1.0."],
  ]);
});

test("a machine without SPI lacks nothing, whichever it is", () => {
  const machine = new FakeSpiMachine();
  expect(diagnoseLinuxSpi(machine)).toEqual([]);
  machine.platform = "win32";
  expect(diagnoseLinuxSpi(machine)).toEqual([]);
});

describe("what an entry is wired to", () => {
  const diagnose = (machine: FakeSpiMachine, bus: number | string, chipSelect: number) =>
    diagnoseSpiDevice(bus, chipSelect, "devices.adc.spi", machine);

  test("is there, or on another line, or on no bus of this machine", () => {
    const machine = new FakeSpiMachine();
    machine.add(0, 1);
    const id = "devices.adc.spi";
    expect(diagnose(machine, "spi0", 1)).toEqual({ id, ok: true, what: "This user may use /dev/spidev0.1." });
    expect(diagnose(machine, 0, 2)).toMatchObject({
      ...{ id, ok: false, what: "The kernel knows no device on chip select 2 of SPI bus 0, only on 1." },
      fix: expect.stringContaining("correct the number"),
    });
    for (const bus of [1, "sim"]) {
      const what = `There is no SPI bus ${JSON.stringify(bus)}; this machine has spi0.1.`;
      expect(diagnose(machine, bus, 1)).toEqual({ id, ok: false, what });
    }
    expect(machine.descriptors.size).toBe(0);
  });

  test("cannot be reached without the native part", () => {
    const machine = new FakeSpiMachine();
    machine.add(0, 1);
    machine.loadError = new RemediedError({ what: "koffi does not load", fix: "npm install" });
    const found = { ok: false, what: "Koffi does not load.", fix: "npm install" };
    expect(diagnose(machine, 0, 1)).toEqual({ id: "devices.adc.spi", ...found });
  });

  test("on a machine without SPI, also on a Raspberry Pi", () => {
    const machine = new FakeSpiMachine();
    expect(diagnose(machine, 0, 0)).toMatchObject({ ok: false, what: "The kernel knows no device on SPI." });
    machine.tree["/proc/device-tree/model"] = { text: "Raspberry Pi 5" };
    expect(diagnose(machine, 0, 0)).toMatchObject({ fix: "sudo raspi-config nonint do_spi 0" });
  });

  test("elsewhere than on Linux", () => {
    const machine = new FakeSpiMachine();
    machine.platform = "win32";
    expect(diagnose(machine, 0, 0)).toMatchObject({ ok: false, what: expect.stringContaining("win32") });
  });
});
