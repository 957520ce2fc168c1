import { createRequire } from "node:module";
import { BackendError, type I2cBackend, I2cError } from "@busbar/host/backend";
import { beforeEach, expect, test } from "vitest";
import { createLinuxI2c, type OpenBuses } from "../src/linux/backend.ts";
import { linuxI2c } from "../src/linux/index.ts";
import { explainMissingBus, RemediedError } from "../src/linux/remedies.ts";
import { E, FakeMachine, STUB_SMBUS, thrown } from "./linux-machine.ts";

let machine: FakeMachine;
let open: OpenBuses;
let backend: I2cBackend;

beforeEach(() => {
  machine = new FakeMachine();
  machine.addAdapter(1, "bcm2835 (i2c@7e804000)").targets.set(0x76, [0x60]);
  open = new Map();
  backend = createLinuxI2c(machine, open);
});

/** The error of a bus that must not open. */
function refusal(bus: number | string): Error {
  const error = thrown(() => backend.openI2c(bus));
  expect(error).toBeInstanceOf(BackendError);
  expect(machine.descriptors.size).toBe(0);
  expect(open.size).toBe(0);
  return error;
}

test("importing and asking for the backend loads nothing native", () => {
  expect(linuxI2c().name).toBe("Linux i2c-dev");
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.filter((file) => /koffi|i2c-bus/.test(file))).toEqual([]);
});

test.each([1, "i2c-1", "bcm2835 (i2c@7e804000)"])("a bus opens under the name %j", (name) => {
  const bus = backend.openI2c(name)!;
  expect(bus.transaction(0x76, [{ kind: "read", length: 1 }])).toEqual([Uint8Array.of(0x60)]);
  bus.close();
});

test.each([7, -1, 1.5, Number.NaN, "i2c-7", "i2c-01", "i2c-1x", "sim", ""])(
  "%j is no bus of this machine",
  (name) => {
    expect(backend.openI2c(name)).toBeUndefined();
    expect(machine.opens).toBe(0);
  },
);

test("a name that two adapters have is refused, with the numbers to choose from", () => {
  machine.addAdapter(4, "bcm2835 (i2c@7e804000)");
  expect(refusal("bcm2835 (i2c@7e804000)").message).toContain("1, 4");
});

test("boards share one open file, which the last of them closes", () => {
  const another = createLinuxI2c(machine, open);
  const first = backend.openI2c(1)!;
  const second = another.openI2c("i2c-1")!;
  expect([machine.opens, machine.descriptors.size]).toEqual([1, 1]);
  first.close();
  first.close();
  expect(machine.descriptors.size).toBe(1);
  expect(second.transaction(0x76, [{ kind: "read", length: 1 }])).toHaveLength(1);
  const error = thrown(() => first.transaction(0x76, [{ kind: "read", length: 1 }]));
  expect(error).toBeInstanceOf(I2cError);
  second.close();
  expect([machine.descriptors.size, open.size]).toEqual([0, 0]);
  backend.openI2c(1)!.close();
  expect(machine.opens).toBe(2);
});

test("an adapter that knows SMBus only goes through i2c-bus", () => {
  machine.addAdapter(3, "SMBus stub driver", STUB_SMBUS);
  const bus = backend.openI2c(3)!;
  bus.transaction(0x76, [{ kind: "read", length: 1 }]);
  bus.close();
  expect(machine.port).toEqual(["i2c-3 receiveByte 118", "i2c-3 close"]);
});

test("i2c-bus is asked for only where it is needed; where it does not load, the reason is the error", () => {
  machine.loadBusError = new RemediedError({ what: "i2c-bus is not built", fix: "npm rebuild i2c-bus" });
  backend.openI2c(1)!.close();
  machine.addAdapter(3, "SMBus stub driver", STUB_SMBUS);
  expect(refusal(3)).toBe(machine.loadBusError);
});

test("an adapter that can do nothing is refused", () => {
  machine.addAdapter(5, "slave only", 0x20);
  expect(refusal(5).message).toContain("use another adapter");
});

test("a file that is no I2C bus is refused", () => {
  machine.adapters.get(1)!.funcsErrno = E.ENOTTY;
  expect(refusal(1).message).toBe(
    "/dev/i2c-1 is not a usable I2C bus: asking what it can do failed with ENOTTY.",
  );
});

test("an adapter without a device file: the module is missing, or the container was not given it", () => {
  delete machine.tree["/dev/i2c-1"];
  machine.tree["/.dockerenv"] = {};
  expect(refusal(1).message).toContain("--device /dev/i2c-1");
  delete machine.tree["/.dockerenv"];
  expect(refusal(1).message).toContain("sudo udevadm trigger");
  delete machine.tree["/sys/class/i2c-dev/i2c-1/name"];
  expect(refusal(1).message).toContain("sudo modprobe i2c-dev");
});

test("no permission: the group that the file has, or a rule where it has none", () => {
  machine.adapters.get(1)!.openErrno = E.EACCES;
  machine.tree["/etc/group"] = { text: "root:x:0:\ni2c:x:998:pi\n" };
  expect(refusal(1).message).toBe(
    "This user may not open /dev/i2c-1; mend it with: sudo usermod -aG i2c $USER  # then log in again",
  );
  machine.tree["/dev/i2c-1"] = { mode: 0o660, group: 0 };
  expect(refusal(1).message).toContain("/etc/udev/rules.d/60-i2c.rules");
});

test.each([
  [E.EPERM, "sudo dmesg"],
  [E.ENXIO, "no adapter behind /dev/i2c-1"],
  [E.ENODEV, "no adapter behind /dev/i2c-1"],
  [E.EMFILE, "ulimit -n"],
  [E.EIO, "failed with EIO"],
])("errno %i on opening says what to do", (errno, text) => {
  machine.adapters.get(1)!.openErrno = errno;
  const error = refusal(1);
  expect(error.message).toContain(text);
  expect(error.cause).toBeDefined();
});

test("a bus that vanishes between looking and opening is absent", () => {
  machine.adapters.get(1)!.openErrno = E.ENOENT;
  expect(backend.openI2c(1)).toBeUndefined();
});

test("elsewhere than on Linux the names of Linux buses get the reason, others are left to other backends", () => {
  machine.platform = "darwin";
  expect(refusal(1).message).toContain("needs Linux and this is darwin");
  expect(refusal("i2c-1").message).toContain("darwin");
  expect(backend.openI2c("sim")).toBeUndefined();
});

test("why a bus is missing: the buses that there are, or how to get one", () => {
  expect(explainMissingBus(7, machine.files)).toBe(
    "There is no I2C bus 7; this machine has 1 (bcm2835 (i2c@7e804000)).",
  );
  const empty = new FakeMachine();
  expect(explainMissingBus("lcd", empty.files)).toContain(
    'There is no I2C bus "lcd": the kernel knows no I2C adapter',
  );
  empty.tree["/proc/device-tree/model"] = { text: "Raspberry Pi 4 Model B Rev 1.4\0" };
  expect(explainMissingBus(1, empty.files)).toContain("sudo raspi-config nonint do_i2c 0");
});

const read = [{ kind: "read", length: 1 }] as const;

// By its name it is found under another number, too.
test.each([
  [1, 1],
  ["bcm2835 (i2c@7e804000)", 4],
])("an adapter that is pulled out is let go of, and found when it is back: %j as %i", (name, number) => {
  const bus = backend.openI2c(name)!;
  const other = backend.openI2c(name)!;
  machine.pullOut(1);
  expect(machine.descriptors.size).toBe(1);
  expect(thrown(() => bus.transaction(0x76, read))).toMatchObject({ payload: { tag: "bus" } });
  // The kernel waits for this.
  expect([machine.descriptors.size, open.size]).toEqual([0, 0]);
  expect(thrown(() => bus.transaction(0x76, read)).message).toBe(
    "/dev/i2c-1, address 0x76: there is no device at the address, or the adapter itself is gone; check that both are " +
      "plugged in (ENODEV)",
  );
  machine.addAdapter(number, "bcm2835 (i2c@7e804000)").targets.set(0x76, [0xbe]);
  for (const each of [bus, other]) {
    expect(each.transaction(0x76, read)).toEqual([Uint8Array.of(0xbe)]);
    expect(machine.descriptors.size).toBe(1);
  }
  bus.close();
  expect(machine.descriptors.size).toBe(1);
  other.close();
  expect([machine.descriptors.size, open.size]).toEqual([0, 0]);
  expect(thrown(() => bus.transaction(0x76, read)).message).toBe(`/dev/i2c-${number} is closed`);
});

test("an adapter that was pulled out and put back before anybody looked is found again", () => {
  const bus = backend.openI2c(1)!;
  machine.pullOut(1);
  machine.addAdapter(1, "bcm2835 (i2c@7e804000)").targets.set(0x76, [0xbe]);
  expect(thrown(() => bus.transaction(0x76, read))).toMatchObject({ payload: { tag: "bus" } });
  expect(bus.transaction(0x76, read)).toEqual([Uint8Array.of(0xbe)]);
  expect([machine.descriptors.size, machine.opens]).toEqual([1, 2]);
  bus.close();
});

test("a target that fails is no adapter that is gone", () => {
  const bus = backend.openI2c(1)!;
  machine.adapters.get(1)!.targets.clear();
  expect(thrown(() => bus.transaction(0x76, read))).toBeInstanceOf(I2cError);
  expect([machine.descriptors.size, machine.opens]).toEqual([1, 1]);
  bus.close();
});

test("a target that somebody took meanwhile is refused by name", () => {
  const bus = backend.openI2c(1, { device: "indoor", addresses: [0x76] })!;
  machine.pullOut(1);
  expect(thrown(() => bus.transaction(0x76, read))).toBeInstanceOf(I2cError);
  machine.addAdapter(1, "bcm2835 (i2c@7e804000)");
  const other = backend.openI2c(1, { device: "other", addresses: [0x76] })!;
  expect(thrown(() => bus.transaction(0x76, read)).message).toMatch(
    /^indoor: the target 0x76 of \/dev\/i2c-1 is used by /,
  );
  other.close();
  bus.close();
});
