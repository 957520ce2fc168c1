import { parseBoard } from "@busbar/host";
import {
  BackendError,
  UsbError,
  type UsbHandle,
  type UsbHotplugEvent,
  type UsbTransferRequest,
} from "@busbar/host/backend";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { diagnoseUsb, diagnoseUsbGrant } from "../src/usb/diagnose.ts";
import { createLibusb } from "../src/usb/index.ts";
import { usbProblem } from "../src/usb/module.ts";
import { FakeNativeDevice, FakeTransfer, FakeUsbSystem, libusbError } from "./usb-machine.ts";

let system: FakeUsbSystem;
let native: FakeNativeDevice;

beforeEach(() => {
  vi.useFakeTimers();
  system = new FakeUsbSystem();
  native = new FakeNativeDevice();
  system.module.devices = [native];
  FakeTransfer.all.length = 0;
  FakeTransfer.submitError = undefined;
});

afterEach(() => {
  vi.useRealTimers();
});

async function device() {
  const [found] = await createLibusb(system).devices();
  return found!;
}

const bulkIn: UsbTransferRequest = {
  type: "bulk",
  endpoint: 0x81,
  data: new Uint8Array(),
  length: 8,
  timeoutMs: 0,
};

const codeOf = (action: () => unknown) => {
  try {
    action();
    return "no error";
  } catch (error) {
    return (error as UsbError).payload;
  }
};

test("a transfer may have a timeout of 49 days", async () => {
  const handle = (await device()).open();
  const transfer = handle.submit({ ...bulkIn, timeoutMs: 0xffff_ffff });
  const ended = expect(transfer.done).rejects.toMatchObject({ payload: "timeout" });
  await vi.advanceTimersByTimeAsync(0xffff_ffff - 1000);
  expect(FakeTransfer.all[0]!.cancelled).toBe(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(FakeTransfer.all[0]!.cancelled).toBe(1);
  await ended;
});

describe("a device", () => {
  test("is told without opening it", async () => {
    const found = await device();
    expect(found).toMatchObject({
      location: { busNumber: 1, deviceAddress: 2, portNumber: 3, speed: "high", port: "1-2.3" },
      manufacturer: "Busbar",
      product: "echo",
      serialNumber: "55736",
    });
    expect(found.descriptor).toMatchObject({
      length: 18,
      vendorId: 0x1209,
      productId: 1,
      serialNumberIndex: 3,
    });
    expect(found.configurations).toMatchObject([
      {
        configurationValue: 1,
        interfaces: [
          {
            interfaceNumber: 0,
            interfaceClass: 0xff,
            endpoints: [{ endpointAddress: 0x81, maxPacketSize: 512 }],
            extra: [Uint8Array.of(4, 0x41, 7, 8)],
          },
        ],
      },
    ]);
    expect(found.activeConfiguration()).toBe(1);
    expect(native.calls).toEqual([]);
  });

  test("with descriptors that libusb cannot read has none; an unconfigured one has configuration 0", async () => {
    native.errors.getConfigs = -1;
    native.errors.getConfig = -5;
    const found = await device();
    expect(found.configurations).toEqual([undefined]);
    expect(found.activeConfiguration()).toBe(0);
  });

  test("is the same object until it leaves, and is told by the kernel when it comes and goes", async () => {
    const backend = createLibusb(system);
    const [before] = await backend.devices();
    expect((await backend.devices())[0]).toBe(before);
    const events: UsbHotplugEvent[] = [];
    const watch = backend.watch((event) => events.push(event));
    system.module.emit("detach", native);
    system.module.devices = [];
    expect(await backend.devices()).toEqual([]);
    system.module.emit("attach", native);
    await vi.runAllTimersAsync();
    expect(events.map(({ event }) => event)).toEqual(["left", "arrived"]);
    expect(events[0]!.device).toBe(before);
    expect(events[1]!.device).not.toBe(before);
    watch[Symbol.dispose]();
    expect(system.module.listeners).toBe(0);
  });

  test("is opened once for all handles, and closed with the last", async () => {
    const found = await device();
    const [first, second] = [found.open(), found.open()];
    await first.close();
    await first.close();
    expect(native.calls).toEqual(["open"]);
    await second.close();
    expect(native.calls).toEqual(["open", "close"]);
    expect(codeOf(() => first.submit(bulkIn))).toBe("no-device");
  });

  test("is shared by all backends: none closes it under another, or claims what another has", async () => {
    const [one, other] = [(await device()).open(), (await device()).open()];
    one.claimInterface(0);
    expect(codeOf(() => other.claimInterface(0))).toBe("busy");
    await one.close();
    other.claimInterface(0);
    expect(native.calls.filter((call) => call === "open" || call === "close")).toEqual(["open"]);
    await other.close();
    expect(native.calls.at(-1)).toBe("close");
  });

  test("of HID has its report descriptor from usbhid, or from itself", async () => {
    const folder = "/sys/bus/usb/devices/1-2.3/1-2.3:1.0/0003:1209:0001.0007";
    system.bytes[`${folder}/report_descriptor`] = Uint8Array.of(1, 2, 3);
    const found = await device();
    expect(await found.reportDescriptor(0)).toEqual(Uint8Array.of(1, 2, 3));
    expect(native.calls).toEqual([]);
    delete system.bytes[`${folder}/report_descriptor`];
    const reading = found.reportDescriptor(0);
    FakeTransfer.all[0]!.buffer.set([7, 7], 8);
    FakeTransfer.all[0]!.end(0, 2);
    expect(await reading).toEqual(Uint8Array.of(7, 7));
    expect([...FakeTransfer.all[0]!.buffer.subarray(0, 8)]).toEqual([0x81, 6, 0, 0x22, 0, 0, 0, 0x10]);
    expect(native.calls).toEqual(["open", "claim 0", "release 0", "close"]);
  });
});

describe("transfers", () => {
  let handle: UsbHandle;

  beforeEach(async () => {
    handle = (await device()).open();
  });

  test("in both directions, without the package's own timeouts", async () => {
    const reading = handle.submit({ ...bulkIn, timeoutMs: 500 });
    const writing = handle.submit({ ...bulkIn, endpoint: 0x01, data: Uint8Array.of(5, 6), length: 0 });
    const [first, second] = FakeTransfer.all as [FakeTransfer, FakeTransfer];
    expect([first.type, first.endpoint, first.timeoutMs, first.buffer.length]).toEqual([2, 0x81, 0, 8]);
    expect([...second.buffer]).toEqual([5, 6]);
    first.buffer.set([1, 2, 3]);
    first.end(0, 3);
    second.end(0, 2);
    expect(await reading.done).toEqual({ data: Uint8Array.of(1, 2, 3), actualLength: 3 });
    expect(await writing.done).toEqual({ data: new Uint8Array(), actualLength: 2 });
    expect(vi.getTimerCount()).toBe(0);
    reading.cancel();
    expect(first.cancelled).toBe(0);
  });

  test("control: the setup packet comes first, and is not a part of the data", async () => {
    const setup = { bmRequestType: 0x21, bRequest: 0x20, wValue: 0x1234, wIndex: 1, wLength: 2 };
    const writing = handle.submit({
      type: "control",
      endpoint: 0,
      setup,
      data: Uint8Array.of(9, 8),
      length: 0,
      timeoutMs: 0,
    });
    const [transfer] = FakeTransfer.all as [FakeTransfer];
    expect([...transfer.buffer]).toEqual([0x21, 0x20, 0x34, 0x12, 1, 0, 2, 0, 9, 8]);
    transfer.end(0, 2);
    expect((await writing.done).actualLength).toBe(2);
    const reading = handle.submit({
      type: "control",
      endpoint: 0,
      setup: { ...setup, bmRequestType: 0xa1 },
      data: new Uint8Array(),
      length: 2,
      timeoutMs: 0,
    });
    FakeTransfer.all[1]!.buffer.set([4], 8);
    FakeTransfer.all[1]!.end(0, 1);
    expect((await reading.done).data).toEqual(Uint8Array.of(4));
  });

  test.each([
    [1, "io"],
    [2, "timeout"],
    [3, "interrupted"],
    [4, "pipe"],
    [5, "no-device"],
    [6, "overflow"],
    [99, "other"],
  ])("status %i is %s", async (status, code) => {
    const { done } = handle.submit(bulkIn);
    FakeTransfer.all[0]!.end(status, 0);
    await expect(done).rejects.toMatchObject({ payload: code });
  });

  test.each([
    [-1, "io"],
    [-2, "invalid-param"],
    [-3, "access"],
    [-4, "no-device"],
    [-5, "not-found"],
    [-6, "busy"],
    [-7, "timeout"],
    [-8, "overflow"],
    [-9, "pipe"],
    [-10, "interrupted"],
    [-11, "no-mem"],
    [-12, "not-supported"],
    [-99, "other"],
    [-1000, "other"],
  ])("errno %i at the submit is %s", (errno, code) => {
    FakeTransfer.submitError = libusbError(errno);
    expect(codeOf(() => handle.submit(bulkIn))).toBe(code);
  });

  test("a timeout is our own: the transfer is cancelled, and says timeout; a cancelled one says interrupted", async () => {
    const { done } = handle.submit({ ...bulkIn, timeoutMs: 500 });
    const ended = expect(done).rejects.toMatchObject({ payload: "timeout" });
    await vi.advanceTimersByTimeAsync(499);
    expect(FakeTransfer.all[0]!.cancelled).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    const second = handle.submit({ ...bulkIn, timeoutMs: 500 });
    second.cancel();
    await expect(second.done).rejects.toMatchObject({ payload: "interrupted" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("what a cancelled read has brought all the same is not lost", async () => {
    const reading = handle.submit(bulkIn);
    const [transfer] = FakeTransfer.all as [FakeTransfer];
    transfer.buffer.set([1, 2, 3]);
    transfer.end(3, 3);
    expect(await reading.done).toEqual({ data: Uint8Array.of(1, 2, 3), actualLength: 3 });
    const writing = handle.submit({
      type: "bulk",
      endpoint: 0x02,
      data: Uint8Array.of(9, 9),
      length: 0,
      timeoutMs: 0,
    });
    FakeTransfer.all[1]!.end(3, 1);
    await expect(writing.done).rejects.toMatchObject({ payload: "interrupted" });
  });

  test("a transfer of a device that was unplugged cannot be cancelled, and ends by itself", async () => {
    const { done } = handle.submit({ ...bulkIn, timeoutMs: 500 });
    const ended = expect(done).rejects.toMatchObject({ payload: "no-device" });
    const [transfer] = FakeTransfer.all as [FakeTransfer];
    transfer.cancelError = libusbError(-4);
    await vi.advanceTimersByTimeAsync(500);
    const closing = handle.close();
    transfer.end(5, 0);
    await ended;
    await closing;
  });

  test("closing cancels them, waits for their end, and only then closes", async () => {
    const { done } = handle.submit(bulkIn);
    const ended = expect(done).rejects.toMatchObject({ payload: "interrupted" });
    handle.claimInterface(0);
    const closing = handle.close();
    expect(native.calls).toEqual(["open", "claim 0"]);
    await closing;
    await ended;
    expect(native.calls).toEqual(["open", "claim 0", "release 0", "close"]);
  });
});

describe("the other functions", () => {
  test("each is libusb's", async () => {
    const handle = (await device()).open();
    handle.claimInterface(0);
    expect(handle.kernelDriverActive(0)).toBe(true);
    handle.detachKernelDriver(0);
    handle.attachKernelDriver(0);
    await handle.setAlternateSetting(0, 1);
    await handle.clearHalt(0x81);
    await handle.reset();
    await handle.releaseInterface(0);
    await handle.setConfiguration(2);
    await handle.setConfiguration(undefined);
    expect(native.calls.slice(1)).toEqual([
      "claim 0",
      "active 0",
      "detach 0",
      "attach 0",
      "setInterface 0 1",
      "clearHalt 129",
      "reset",
      "release 0",
      "configuration 2",
      "configuration -1",
    ]);
    await expect(handle.releaseInterface(0)).rejects.toMatchObject({ payload: "not-found" });
  });

  test("their errors are typed", async () => {
    const handle = (await device()).open();
    Object.assign(native.errors, { reset: -5, active: -12, clearHalt: -4 });
    await expect(handle.reset()).rejects.toMatchObject({ payload: "not-found" });
    await expect(handle.clearHalt(0x81)).rejects.toMatchObject({ payload: "no-device" });
    expect(codeOf(() => handle.kernelDriverActive(0))).toBe("not-supported");
  });

  test("an interface that another handle of this program has is busy", async () => {
    const found = await device();
    const [first, second] = [found.open(), found.open()];
    first.claimInterface(0);
    expect(codeOf(() => second.claimInterface(0))).toBe("busy");
    await first.close();
    second.claimInterface(0);
    await second.close();
  });

  test.each([
    [
      "../../../../bus/usb/drivers/usbhid",
      "the kernel driver usbhid; take it away with: sudo modprobe -r usbhid",
    ],
    [
      "../../../../bus/usb/drivers/usbfs",
      "another program; find it with: sudo fuser -v /dev/bus/usb/001/002",
    ],
  ])("a busy interface says who has it: %s", async (link, who) => {
    system.tree["/sys/bus/usb/devices/1-2.3/1-2.3:1.0/driver"] = link;
    native.errors.claim = -6;
    const handle = (await device()).open();
    expect(() => handle.claimInterface(0)).toThrow(`interface 0 is in use by ${who}`);
    expect(codeOf(() => handle.claimInterface(0))).toBe("busy");
  });
});

describe("what the system refuses", () => {
  test("no permission: the rule that mends it, for this very device", async () => {
    native.errors.open = -3;
    const found = await device();
    expect(() => found.open()).toThrow(BackendError);
    expect(() => found.open()).toThrow(
      /This user may not open \/dev\/bus\/usb\/001\/002, which is 0x1209:0x0001 on port 1-2.3; mend it with: .*ATTR\{idVendor\}=="1209", ATTR\{idProduct\}=="0001".*udevadm trigger/,
    );
  });

  test("a container that lost its USB", async () => {
    native.errors.open = -4;
    const found = await device();
    delete system.tree["/dev/bus/usb"];
    system.tree["/.dockerenv"] = "";
    expect(() => found.open()).toThrow(
      "This container was given no USB; mend it with: start it with --device /dev/bus/usb",
    );
  });

  test("a container without USB has no list of devices, not an empty one", async () => {
    delete system.tree["/dev/bus/usb"];
    system.tree["/.dockerenv"] = "";
    await expect(createLibusb(system).devices()).rejects.toThrow(
      "This container was given no USB; mend it with: start it with --device /dev/bus/usb",
    );
  });

  test("a device that is gone, and anything else, is libusb's error", async () => {
    native.errors.open = -4;
    const found = await device();
    expect(codeOf(() => found.open())).toBe("no-device");
    native.errors.open = -1;
    expect(() => found.open()).toThrow(UsbError);
    delete native.errors.open;
    await found.open().close();
  });

  test("a package that does not load", () => {
    const missing = Object.assign(new Error("Cannot find module 'usb'"), { code: "MODULE_NOT_FOUND" });
    expect(usbProblem(missing).fix).toBe("npm install usb@2");
    expect(usbProblem(new Error("GLIBC_2.99 not found\nmore")).what).toContain("(GLIBC_2.99 not found)");
  });
});

describe("doctor", () => {
  const faults = () =>
    Object.fromEntries(
      diagnoseUsb(system)
        .filter(({ ok }) => !ok)
        .map(({ id, fix }) => [id, fix]),
    );

  test("a machine where everything is right", () => {
    const findings = diagnoseUsb(system);
    expect(findings.map(({ id }) => id)).toEqual(["usb", "/dev/bus/usb", "udevd", "/dev/bus/usb/001/002"]);
    expect(findings.every(({ ok, what, fix }) => ok && what.endsWith(".") && fix === undefined)).toBe(true);
    expect(native.calls).toEqual([]);
  });

  test("no permission, no udevd, no device files, no package", () => {
    system.tree["/dev/bus/usb/001/002"] = "";
    delete system.tree["/run/udev/control"];
    expect(faults()).toEqual({
      udevd: expect.stringContaining("systemd-udevd"),
      "/dev/bus/usb/001/002": expect.stringContaining("60-busbar-1209-0001.rules"),
    });
    delete system.tree["/dev/bus/usb"];
    expect(Object.keys(faults())).toEqual(["/dev/bus/usb"]);
    system.loadError = new BackendError("libusb does not start");
    expect(Object.keys(faults())).toEqual(["usb"]);
  });

  test("who uses an interface", () => {
    system.tree["/sys/bus/usb/devices/1-2.3/1-2.3:1.0/driver"] = "../usbhid";
    expect(diagnoseUsb(system).at(-1)!.what).toContain("in use: interface 0 by usbhid");
  });

  test("what an entry of a board needs: the device, the permission, and the interface for itself", () => {
    const grant = parseBoard({
      devices: { echo: { driver: "x", usb: { vendorId: "0x1209", interfaces: [0] } } },
    }).devices.echo!.usb!;
    const driver = "/sys/bus/usb/devices/1-2.3/1-2.3:1.0/driver";
    const look = () => diagnoseUsbGrant(grant, "echo", system);
    expect(look()).toEqual([
      { id: "echo", ok: true, what: expect.stringContaining("this user may use it.") },
    ]);
    system.tree[driver] = "../usbhid";
    expect(look()).toMatchObject([
      { ok: true, what: expect.stringContaining("takes interface 0 from usbhid") },
    ]);
    system.tree[driver] = "../usbfs";
    expect(look()).toMatchObject([
      { ok: false, fix: expect.stringContaining("fuser -v /dev/bus/usb/001/002") },
    ]);
    system.tree["/dev/bus/usb/001/002"] = "";
    expect(look()).toMatchObject([{ ok: false, fix: expect.stringContaining("60-busbar-1209-0001.rules") }]);
    expect(native.calls).toEqual([]);
    native.errors.getConfig = -4;
    expect(look()).toMatchObject([{ ok: false, what: "No USB device that is plugged in matches." }]);
    system.loadError = new BackendError("libusb does not start");
    expect(look()).toEqual([]);
  });
});
