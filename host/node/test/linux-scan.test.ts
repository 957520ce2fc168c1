import { BackendError } from "@busbar/host/backend";
import { beforeEach, expect, test } from "vitest";
import { I2C_FUNC_SMBUS_QUICK, I2C_FUNC_SMBUS_READ_BYTE } from "../src/linux/constants.ts";
import { type I2cScan, listI2cBuses, scanI2c } from "../src/linux/index.ts";
import { E, type FakeAdapter, FakeMachine, FULL_I2C, STUB_SMBUS, thrown } from "./linux-machine.ts";

let machine: FakeMachine;
let adapter: FakeAdapter;

beforeEach(() => {
  machine = new FakeMachine();
  adapter = machine.addAdapter(1, "bcm2835 (i2c@7e804000)");
});

/** The addresses of a scan that are in a state. */
function addresses(scan: I2cScan, state: string): number[] {
  return scan.entries.filter((entry) => entry.state === state).map((entry) => entry.address);
}

test("a scan finds what acknowledges, from 0x08 to 0x77", () => {
  adapter.targets
    .set(0x76, [0])
    .set(0x50, [0xff])
    .set(0x08, [0])
    .set(0x77, [0])
    .set(0x07, [0])
    .set(0x78, [0]);
  const scan = scanI2c(1, machine);
  expect(scan).toMatchObject({ number: 1, name: "bcm2835 (i2c@7e804000)" });
  expect(scan.entries.map((entry) => entry.address)).toEqual(Array.from({ length: 112 }, (_, i) => i + 8));
  expect(addresses(scan, "acknowledges")).toEqual([0x08, 0x50, 0x76, 0x77]);
  expect(addresses(scan, "absent")).toHaveLength(108);
  expect(machine.descriptors.size).toBe(0);
});

test("0x30..0x37 and 0x50..0x5f are read, everything else gets a quick write, one probe an address", () => {
  scanI2c(1, machine);
  expect(adapter.wire).toHaveLength(112);
  const expected = Array.from({ length: 112 }, (_, i) => i + 8).map((address) => {
    const at = `smbus@${address.toString(16)}`;
    const isRead = (address >= 0x30 && address <= 0x37) || (address >= 0x50 && address <= 0x5f);
    return isRead ? `${at} rw=1 command=0 size=1 data=34` : `${at} rw=0 command=0 size=0 data=null`;
  });
  expect(adapter.wire).toEqual(expected);
});

test("an address that a kernel driver holds is busy and not probed", () => {
  machine.bind(1, 0x76, "bmp280");
  adapter.bound.add(0x20);
  const scan = scanI2c("i2c-1", machine);
  expect(scan.entries.filter((entry) => entry.state === "busy")).toEqual([
    { address: 0x20, state: "busy" },
    { address: 0x76, state: "busy", driver: "bmp280" },
  ]);
  expect(adapter.wire.join()).not.toContain("@76");
});

test("an operation that the adapter lacks leaves its addresses out", () => {
  adapter.functionality = I2C_FUNC_SMBUS_QUICK;
  expect(addresses(scanI2c(1, machine), "not-probed")).toHaveLength(24);
  adapter.functionality = I2C_FUNC_SMBUS_READ_BYTE;
  expect(addresses(scanI2c(1, machine), "not-probed")).toHaveLength(88);
  adapter.functionality = 0x1;
  expect(thrown(() => scanI2c(1, machine)).message).toContain("neither quick write nor receive byte");
});

test("a fault that is not a missing acknowledge is told", () => {
  adapter.targets.set(0x40, { errno: E.EIO }).set(0x41, { errno: 121 });
  const scan = scanI2c(1, machine);
  const faults = scan.entries.filter((entry) => entry.fault !== undefined);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({ address: 0x40, state: "absent", fault: expect.stringContaining("EIO") });
});

test("a stuck bus ends the scan instead of timing out at each address", () => {
  for (let address = 0x08; address <= 0x77; address += 1)
    adapter.targets.set(address, { errno: E.ETIMEDOUT });
  const slow = Object.assign(machine, { now: () => adapter.wire.length * 1000 });
  expect(thrown(() => scanI2c(1, slow)).message).toContain("seems stuck");
  expect(adapter.wire).toHaveLength(11);
  expect(machine.descriptors.size).toBe(0);
});

test("a slow bus without faults is scanned to its end", () => {
  const slow = Object.assign(machine, { now: () => adapter.wire.length * 1000 });
  expect(scanI2c(1, slow).entries).toHaveLength(112);
});

test.each([7, "lcd"])("a bus that does not exist is an error: %j", (bus) => {
  const error = thrown(() => scanI2c(bus, machine));
  expect(error).toBeInstanceOf(BackendError);
  expect(error.message).toContain("this machine has 1");
});

test("a bus that may not be opened is an error with the remedy", () => {
  adapter.openErrno = E.EACCES;
  expect(thrown(() => scanI2c(1, machine)).message).toContain("udev");
});

test("the list has every bus in order, also those that cannot be opened", () => {
  machine.addAdapter(10, "SMBus stub driver", STUB_SMBUS);
  machine.addAdapter(2, "locked").openErrno = E.EACCES;
  machine.addAdapter(11, "", 0x20);
  expect(listI2cBuses(machine)).toEqual([
    {
      number: 1,
      name: "bcm2835 (i2c@7e804000)",
      path: "/dev/i2c-1",
      functionality: FULL_I2C,
      kind: "i2c",
      problem: undefined,
    },
    {
      number: 2,
      name: "locked",
      path: "/dev/i2c-2",
      functionality: undefined,
      kind: undefined,
      problem: expect.stringContaining("/dev/i2c-2"),
    },
    {
      number: 10,
      name: "SMBus stub driver",
      path: "/dev/i2c-10",
      functionality: STUB_SMBUS,
      kind: "smbus",
      problem: undefined,
    },
    { number: 11, name: "", path: "/dev/i2c-11", functionality: 0x20, kind: undefined, problem: undefined },
  ]);
  expect(machine.descriptors.size).toBe(0);
});

test("clients and ACPI names beside the adapters in sysfs are not buses", () => {
  machine.tree["/sys/bus/i2c/devices/1-0076/name"] = { text: "bme280\n" };
  machine.tree["/sys/bus/i2c/devices/i2c-PNP0C50:00/name"] = { text: "touchpad\n" };
  expect(listI2cBuses(machine).map((bus) => bus.number)).toEqual([1]);
});

test("elsewhere than on Linux there are no buses, and a scan says why", () => {
  machine.platform = "win32";
  expect(listI2cBuses(machine)).toEqual([]);
  expect(thrown(() => scanI2c(1, machine)).message).toContain("win32");
});
