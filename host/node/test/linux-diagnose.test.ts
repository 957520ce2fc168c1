import { beforeEach, expect, test } from "vitest";
import { diagnoseLinuxI2c } from "../src/linux/index.ts";
import { RemediedError } from "../src/linux/remedies.ts";
import { FakeMachine, STUB_SMBUS } from "./linux-machine.ts";

let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
});

/** What is wrong, by id. */
function faults(): Record<string, string | undefined> {
  const wrong = diagnoseLinuxI2c(machine).filter((finding) => !finding.ok);
  return Object.fromEntries(wrong.map((finding) => [finding.id, finding.fix]));
}

test("a machine where everything is right", () => {
  machine.addAdapter(1, "bcm2835 (i2c@7e804000)");
  const findings = diagnoseLinuxI2c(machine);
  expect(findings.map((finding) => finding.id)).toEqual([
    "linux",
    "koffi",
    "i2c-adapter",
    "i2c-dev",
    "/dev/i2c-1",
    "i2c-bus",
  ]);
  expect(findings.every((finding) => finding.ok && finding.fix === undefined)).toBe(true);
  expect(findings.every((finding) => finding.what.endsWith("."))).toBe(true);
  expect(machine.adapters.get(1)?.wire).toEqual([]);
});

test("no adapter: a driver to load; on a Raspberry Pi the switch", () => {
  expect(faults()).toEqual({ "i2c-adapter": expect.stringContaining("sudo modprobe i2c-i801") });
  machine.tree["/proc/device-tree/model"] = { text: "Raspberry Pi 5 Model B Rev 1.0\0" };
  expect(faults()).toEqual({ "i2c-adapter": "sudo raspi-config nonint do_i2c 0" });
});

test("i2c-dev is not loaded", () => {
  machine.tree["/sys/bus/i2c/devices/i2c-0/name"] = { text: "SMBus I801 adapter at efa0\n" };
  expect(faults()).toEqual({
    "i2c-dev": "sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf",
  });
});

test("a device file that a container was not given", () => {
  machine.addAdapter(1, "bcm2835");
  delete machine.tree["/dev/i2c-1"];
  machine.tree["/run/.containerenv"] = {};
  expect(faults()).toEqual({ "/dev/i2c-1": "start it with --device /dev/i2c-1" });
});

test("no permission on one bus of two", () => {
  machine.addAdapter(1, "bcm2835");
  machine.addAdapter(2, "bcm2835");
  machine.tree["/dev/i2c-2"] = { mode: 0o660, group: 998, usable: false };
  machine.tree["/etc/group"] = { text: "i2c:x:998:\n" };
  expect(faults()).toEqual({ "/dev/i2c-2": "sudo usermod -aG i2c $USER  # then log in again" });
});

test("a group without a name, or without the right to write, needs the udev rule", () => {
  machine.addAdapter(1, "bcm2835");
  machine.tree["/dev/i2c-1"] = { mode: 0o660, group: 998, usable: false };
  expect(faults()["/dev/i2c-1"]).toContain('SUBSYSTEM=="i2c-dev"');
  machine.tree["/etc/group"] = { text: "i2c:x:998:\n" };
  machine.tree["/dev/i2c-1"] = { mode: 0o640, group: 998, usable: false };
  expect(faults()["/dev/i2c-1"]).toContain('SUBSYSTEM=="i2c-dev"');
});

test("koffi does not load", () => {
  machine.addAdapter(1, "bcm2835");
  machine.loadDevError = new RemediedError({ what: "koffi does not load", fix: "npm install koffi" });
  expect(faults()).toEqual({ koffi: "npm install koffi" });
});

test("i2c-bus is a fault only where an adapter needs it", () => {
  machine.addAdapter(1, "bcm2835");
  machine.loadBusError = new RemediedError({ what: "i2c-bus is not built", fix: "npm rebuild i2c-bus" });
  expect(faults()).toEqual({});
  const finding = diagnoseLinuxI2c(machine).at(-1);
  expect(finding?.what).toBe("I2c-bus is not built. No adapter here is known to need it.");
  machine.addAdapter(3, "SMBus stub driver", STUB_SMBUS);
  expect(faults()).toEqual({ "i2c-bus": "npm rebuild i2c-bus" });
  expect(diagnoseLinuxI2c(machine).at(-1)?.what).toContain("/dev/i2c-3");
});

test("elsewhere than on Linux that is the only finding", () => {
  machine.platform = "darwin";
  expect(diagnoseLinuxI2c(machine)).toEqual([
    expect.objectContaining({ id: "linux", ok: false, fix: expect.stringContaining("simulate") }),
  ]);
});
