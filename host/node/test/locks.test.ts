/** Two processes of busbar on one device: the second is told by whom it is used. */

import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BackendError } from "@busbar/host/backend";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLinuxI2c } from "../src/linux/backend.ts";
import { DeviceLocks } from "../src/locks/device-locks.ts";
import { thisLockSystem } from "../src/locks/system.ts";
import { createLibusb } from "../src/usb/backend.ts";
import { diagnoseUsbSystem } from "../src/usb/diagnose.ts";
import { FakeMachine } from "./linux-machine.ts";
import { ready } from "./lock-holder-ready.ts";
import { FakeNativeDevice, FakeUsbSystem } from "./usb-machine.ts";

const system = thisLockSystem();

describe.runIf(system !== undefined)("a lock", () => {
  let folder: string;
  let children: ChildProcessWithoutNullStreams[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "busbar-locks-"));
  });
  afterEach(async () => {
    await Promise.all(children.map(killed));
    children = [];
    rmSync(folder, { recursive: true });
  });

  /** The locks of one process. Of one that is not this one, as far as the kernel can tell. */
  const locks = () => new DeviceLocks({ ...system!, folders: [folder] });
  const left = () => readdirSync(folder);

  async function holder(
    name: string,
    use: object,
    detached?: object,
  ): Promise<ChildProcessWithoutNullStreams> {
    const script = fileURLToPath(new URL("lock-holder.ts", import.meta.url));
    const parameters = [folder, name, JSON.stringify(use), ...(detached ? [JSON.stringify(detached)] : [])];
    const child = spawn(process.execPath, [script, ...parameters]);
    children.push(child);
    return await ready(child);
  }

  async function killed(child: ChildProcessWithoutNullStreams): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  function linux(board?: string) {
    const machine = new FakeMachine();
    machine.addAdapter(1, "an adapter");
    machine.deviceLocks = locks();
    return createLinuxI2c(machine, new Map(), board === undefined ? {} : { board });
  }

  test("of an I2C target: the second process is told the first one, its board and its device", async () => {
    const child = await holder("i2c-1-0x76", { device: "outdoor", board: "/srv/first.json" });
    const open = () => linux().openI2c("i2c-1", { device: "indoor", addresses: [0x76] });
    expect(open).toThrow(BackendError);
    expect(open).toThrow(
      new RegExp(
        `^indoor: the target 0x76 of /dev/i2c-1 is used by process ${child.pid} \\(lock-holder\\.ts .*\\), ` +
          'as "outdoor" of /srv/first\\.json; end that first\\.$',
      ),
    );
    // Another target of the bus, and listing or scanning it, are free.
    expect(linux().openI2c(1, { device: "indoor", addresses: [0x77] })).toBeDefined();
    expect(linux().openI2c(1)).toBeDefined();
  });

  test("is free again when its process was killed, and when it ended", async () => {
    const child = await holder("i2c-1-0x76", { device: "outdoor" });
    await killed(child);
    const bus = linux().openI2c(1, { device: "indoor", addresses: [0x76] })!;
    bus.close();
    bus.close();
    expect(left()).toEqual([]);
    const other = await holder("i2c-1-0x76", { device: "outdoor" });
    other.stdin.end();
    await once(other, "exit");
    expect(left()).toEqual([]);
  });

  test("within a process: another device is refused, also where it names the bus otherwise", () => {
    const backend = linux("/srv/board.json");
    const first = backend.openI2c(1, { device: "indoor", addresses: [0x76] })!;
    const again = backend.openI2c(1, { device: "indoor", addresses: [0x76] })!;
    expect(() => backend.openI2c("an adapter", { device: "outdoor", addresses: [0x76] })).toThrow(
      'outdoor: the target 0x76 of /dev/i2c-1 is used by "indoor" of this process (/srv/board.json); end that first.',
    );
    first.close();
    expect(() => linux().openI2c(1, { device: "outdoor", addresses: [0x76] })).toThrow(
      `process ${process.pid}`,
    );
    again.close();
    expect(linux().openI2c(1, { device: "outdoor", addresses: [0x76] })).toBeDefined();
  });

  test("of a part with several addresses: all of them, or none", () => {
    const other = linux().openI2c(1, { device: "outdoor", addresses: [0x51] })!;
    const memory = () => linux().openI2c(1, { device: "memory", addresses: [0x50, 0x51] });
    expect(memory).toThrow("memory: the target 0x51 of /dev/i2c-1 is used by");
    expect(left()).toHaveLength(1);
    other.close();
    const opened = memory()!;
    expect(left()).toHaveLength(2);
    opened.close();
    expect(left()).toEqual([]);
  });

  test("of a bus that cannot be opened is given up", () => {
    const machine = new FakeMachine();
    machine.addAdapter(1, "an adapter").openErrno = 13;
    machine.deviceLocks = locks();
    const use = { device: "indoor", addresses: [0x76] };
    expect(() => createLinuxI2c(machine, new Map()).openI2c(1, use)).toThrow("may not open");
    expect(createLinuxI2c(machine, new Map()).openI2c(2, use)).toBeUndefined();
    expect(left()).toEqual([]);
  });

  test("is where it can be: what others put in its place does not stop anybody", () => {
    const file = join(folder, "busbar-i2c-1-0x76.lock");
    const other = mkdtempSync(join(tmpdir(), "busbar-locks-"));
    const twoFolders = () => new DeviceLocks({ ...system!, folders: [folder, other] });
    const plants = [
      () => execFileSync("mkfifo", [file]),
      () => symlinkSync(join(folder, "victim"), file),
      () => mkdirSync(file),
    ];
    writeFileSync(join(folder, "victim"), "untouched");
    for (const plant of plants) {
      plant();
      const lock = twoFolders().take("i2c-1-0x76", { device: "indoor" });
      expect(readdirSync(other)).toEqual(["busbar-i2c-1-0x76.lock"]);
      expect(() => twoFolders().take("i2c-1-0x76", { device: "outdoor" })).toThrow(`process ${process.pid}`);
      lock.release();
      rmSync(file, { recursive: true });
    }
    expect(readdirSync(other)).toEqual([]);
    // No folder at all: the device is used without.
    expect(() =>
      new DeviceLocks({ ...system!, folders: ["/nowhere"] }).take("x", {}).release(),
    ).not.toThrow();
    rmSync(other, { recursive: true });
  });

  test.each([
    ["garbage", "no JSON"],
    ["another's record", JSON.stringify({ pid: 1, started: "0", command: "init" })],
    ["a record of the wrong shape", '{"pid":-1,"started":5}'],
    ["null", "null"],
    ["a very long one", "x".repeat(100_000)],
  ])("whose file has %s is held by whom the kernel says", (_, text) => {
    const lock = locks().take("i2c-1-0x76", { device: "indoor" });
    writeFileSync(join(folder, "busbar-i2c-1-0x76.lock"), text);
    expect(locks().holder("i2c-1-0x76")).toMatch(new RegExp(`^process ${process.pid} \\(`));
    lock.release();
    expect(locks().holder("i2c-1-0x76")).toBeUndefined();
  });

  test("tells no control characters on", async () => {
    await holder("i2c-1-0x76", { device: "out\u001b[2Jdoor", board: "/srv/\u202eboard\n.json" });
    expect(locks().holder("i2c-1-0x76")).toMatch(
      /^[^\p{Cc}\p{Cf}]*, as "out\?\[2Jdoor" of \/srv\/\?board\?\.json$/u,
    );
  });

  test("can be read by other users, whatever the mask of its process", () => {
    const before = process.umask(0o077);
    try {
      locks().take("i2c-1-0x76", {});
    } finally {
      process.umask(before);
    }
    expect(execFileSync("stat", ["-c", "%a", join(folder, "busbar-i2c-1-0x76.lock")]).toString()).toBe(
      "644\n",
    );
  });

  test("of another user's file is found without opening it", async () => {
    const child = await holder("i2c-1-0x76", { device: "outdoor" });
    chmodSync(join(folder, "busbar-i2c-1-0x76.lock"), 0);
    // The superuser opens it all the same.
    expect(locks().holder("i2c-1-0x76")).toMatch(new RegExp(`^process ${child.pid} \\(`));
  });

  describe("of a USB interface", () => {
    const record = { driver: "usbhid", busNumber: 1, deviceAddress: 2, configuration: 1 };

    async function plugged() {
      const machine = new FakeUsbSystem();
      machine.deviceLocks = locks();
      const native = new FakeNativeDevice();
      machine.module.devices = [native];
      const [device] = await createLibusb(machine, { board: "/srv/second.json" }).devices();
      return { machine, native, device: device! };
    }

    test("is told before the driver starts, and when it claims it", async () => {
      const child = await holder("usb-1-2.3-0", { board: "/srv/first.json" });
      const { device } = await plugged();
      const busy = `interface 0 is in use by process ${child.pid}`;
      await expect(device.prepare!([0])).rejects.toThrow(busy);
      const handle = device.open();
      expect(() => handle.claimInterface(0)).toThrow(busy);
      await killed(child);
      await device.prepare!([0]);
      handle.claimInterface(0);
      expect(left()).toEqual(["busbar-usb-1-2.3-0.lock"]);
      const other = await plugged();
      await expect(other.device.prepare!([0])).rejects.toThrow(`process ${process.pid}`);
      await handle.releaseInterface(0);
      expect(left()).toEqual([]);
      handle.claimInterface(0);
      await handle.close();
      expect(left()).toEqual([]);
    });

    test("is given up where the claim fails", async () => {
      const { device, native } = await plugged();
      native.errors.claim = -6;
      expect(() => device.open().claimInterface(0)).toThrow("interface 0");
      expect(left()).toEqual([]);
    });

    test("remembers the kernel's driver as long as that is away", async () => {
      const { device, machine } = await plugged();
      const handle = device.open();
      machine.tree["/sys/bus/usb/devices/1-2.3/1-2.3:1.0/driver"] = "../usbhid";
      handle.detachKernelDriver(0);
      const remembered = () => execFileSync("cat", [join(folder, "busbar-usb-1-2.3-0.lock")]).toString();
      expect(JSON.parse(remembered())).toMatchObject({
        pid: process.pid,
        board: "/srv/second.json",
        detached: record,
      });
      handle.claimInterface(0);
      await handle.releaseInterface(0);
      expect(JSON.parse(remembered())).toMatchObject({ detached: record });
      handle.attachKernelDriver(0);
      expect(left()).toEqual([]);
    });

    test("of a killed process: the next one gives the kernel its driver back", async () => {
      await killed(await holder("usb-1-2.3-0", {}, record));
      const { native } = await plugged();
      expect(native.calls).toEqual(["open", "attach 0", "close"]);
      expect(left()).toEqual([]);
    });

    test.each([
      ["plugged in anew", { deviceAddress: 1 }],
      ["set to another configuration", { configuration: 2 }],
    ])("of a killed process, for a device that was %s since, is only removed", async (_, changed) => {
      await killed(await holder("usb-1-2.3-0", {}, { ...record, ...changed }));
      const { native } = await plugged();
      expect(native.calls).toEqual([]);
      expect(left()).toEqual([]);
    });

    test("of a process that lives is left alone", async () => {
      await holder("usb-1-2.3-0", {}, record);
      const { native } = await plugged();
      expect(native.calls).toEqual([]);
      expect(left()).toHaveLength(1);
    });

    test("whose driver cannot be given back is kept for the doctor, who says how", async () => {
      await killed(await holder("usb-1-2.3-0", {}, record));
      const machine = new FakeUsbSystem();
      machine.deviceLocks = locks();
      const native = new FakeNativeDevice();
      native.errors.attach = -3;
      machine.module.devices = [native];
      await createLibusb(machine).devices();
      expect(diagnoseUsbSystem(machine).filter(({ ok }) => !ok)).toEqual([
        {
          id: "1-2.3:1.0",
          ok: false,
          what: "A process that was killed had taken interface 0 of the USB device on port 1-2.3 from the kernel driver usbhid, which is still without it.",
          fix: "echo 1-2.3:1.0 | sudo tee /sys/bus/usb/drivers/usbhid/bind",
        },
      ]);
      machine.tree["/sys/bus/usb/devices/1-2.3/1-2.3:1.0/driver"] = "../usbhid";
      expect(diagnoseUsbSystem(machine).every(({ ok }) => ok)).toBe(true);
      expect(left()).toEqual([]);
    });

    test("with a driver's name that is a path is not believed", async () => {
      await killed(await holder("usb-1-2.3-0", {}, { ...record, driver: "../../../../etc" }));
      const { native } = await plugged();
      expect(native.calls).toEqual([]);
      expect(left()).toEqual([]);
    });
  });
});
