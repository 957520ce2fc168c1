import { expect, test } from "vitest";
import { diagnoseLinuxSpi } from "../src/spi/index.ts";
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

test("no device at all, also on a Raspberry Pi", () => {
  const machine = new FakeSpiMachine();
  expect(diagnoseLinuxSpi(machine)).toMatchObject([
    { id: "spi", ok: false, what: "The kernel knows no device on SPI." },
  ]);
  machine.tree["/proc/device-tree/model"] = { text: "Raspberry Pi 5" };
  expect(diagnoseLinuxSpi(machine)).toMatchObject([{ fix: "sudo raspi-config nonint do_spi 0" }]);
});

test("elsewhere than on Linux", () => {
  const machine = new FakeSpiMachine();
  machine.platform = "win32";
  expect(diagnoseLinuxSpi(machine)).toMatchObject([{ ok: false, what: expect.stringContaining("win32") }]);
});
