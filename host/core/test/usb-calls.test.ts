import { describe, expect, test } from "vitest";
import type { BoardFile } from "../src/board/schema.ts";
import {
  type FakeDeviceOptions,
  FakeUsbDevice,
  type GuestHandle,
  noSetup,
  on,
  type UsbImports,
  usbBoard,
} from "./usb-fakes.ts";

type Entry = BoardFile["devices"][string];

const entry: Entry = { driver: "guest", usb: { vendorId: "0x1209", interfaces: [0] } };
const keyboard = Uint8Array.of(0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0xc0);
const securityKey = Uint8Array.of(0x06, 0xd0, 0xf1, 0x09, 0x01, 0xa1, 0x01, 0xc0);

/** What a guest sees of a failed call: the case's name. */
async function codeOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return "no error";
  } catch (thrown) {
    return (thrown as { payload?: unknown }).payload ?? thrown;
  }
}

/** Runs `use` inside a guest, on one device. */
async function inGuest(
  use: (handle: GuestHandle, imports: UsbImports, device: FakeUsbDevice) => unknown,
  options: { entry?: Entry; device?: FakeDeviceOptions } = {},
) {
  const device = new FakeUsbDevice(options.device);
  const { board, usb, events } = await usbBoard(
    { echo: options.entry ?? entry },
    (imports) => async (data) => {
      imports["component:usb/device"].init();
      const [[listed] = []] = imports["component:usb/device"].listDevices();
      await use(listed!.open(), imports, device);
      return data;
    },
  );
  usb.plug(device);
  const echo = await board.usbEcho("echo");
  await echo.roundTrip("bulk", Uint8Array.of(1));
  await board[Symbol.asyncDispose]();
  const denials = events.filter((event) => event.kind === "denied").map(({ denied }) => denied);
  return { device, events, denials };
}

describe("transfers", () => {
  test("several on one endpoint, awaited in another order; the actual length; then a cancelled one", async () => {
    const results: unknown[] = [];
    await inGuest(async (handle, imports, device) => {
      const wait = imports["component:usb/transfers"].awaitTransfer;
      handle.claimInterface(0);
      const [first, second, third, fourth] = Array.from({ length: 4 }, () => {
        const transfer = handle.newTransfer("bulk", noSetup, 64, on(0x81));
        transfer.submitTransfer(new Uint8Array());
        return transfer;
      });
      device.transfers[0]!.succeed(Uint8Array.of(1));
      device.transfers[1]!.succeed(Uint8Array.of(2, 2));
      device.transfers[2]!.fail("pipe");
      results.push(await wait(second!), await wait(first!), await codeOf(() => wait(third!)));
      fourth!.cancelTransfer();
      results.push(await codeOf(() => wait(fourth!)));
    });
    expect(results).toEqual([Uint8Array.of(2, 2), Uint8Array.of(1), "pipe", "interrupted"]);
  });

  test("what was sent comes back as a length", async () => {
    let sent: Uint8Array | undefined;
    const { device } = await inGuest(async (handle, imports, device) => {
      device.answer = (transfer) => transfer.succeed();
      handle.claimInterface(0);
      const transfer = handle.newTransfer("bulk", noSetup, 3, on(0x01));
      transfer.submitTransfer(Uint8Array.of(7, 8, 9));
      sent = await imports["component:usb/transfers"].awaitTransfer(transfer);
    });
    expect(sent).toEqual(new Uint8Array(3));
    expect(device.transfers[0]!.request).toEqual({
      type: "bulk",
      endpoint: 0x01,
      data: Uint8Array.of(7, 8, 9),
      length: 0,
      timeoutMs: 0,
    });
  });

  test("a control transfer has its setup packet, with the length", async () => {
    const { device } = await inGuest(async (handle, imports, device) => {
      device.answer = (transfer) => transfer.succeed(Uint8Array.of(18, 1));
      const setup = { bmRequestType: 0x80, bRequest: 6, wValue: 0x0100, wIndex: 0 };
      const transfer = handle.newTransfer("control", setup, 18, on(0, 1000));
      transfer.submitTransfer(new Uint8Array());
      expect(await imports["component:usb/transfers"].awaitTransfer(transfer)).toEqual(Uint8Array.of(18, 1));
    });
    expect(device.transfers[0]!.request).toMatchObject({
      type: "control",
      setup: { bmRequestType: 0x80, bRequest: 6, wValue: 0x0100, wIndex: 0, wLength: 18 },
      length: 18,
      timeoutMs: 1000,
    });
  });

  test.each<[string, unknown, (handle: GuestHandle, imports: UsbImports) => unknown]>([
    [
      "isochronous",
      "not-supported",
      (handle) => handle.newTransfer("isochronous", noSetup, 8, { ...on(0x81), isoPackets: 2 }),
    ],
    [
      "isochronous without packets",
      "invalid-param",
      (handle) => handle.newTransfer("isochronous", noSetup, 8, on(0x81)),
    ],
    [
      "isochronous on an endpoint that is not granted",
      "access",
      (handle) => handle.newTransfer("isochronous", noSetup, 8, { ...on(0x8f), isoPackets: 2 }),
    ],
    [
      "a bulk stream",
      "not-supported",
      (handle) => handle.newTransfer("bulk", noSetup, 8, { ...on(0x81), streamId: 1 }),
    ],
    [
      "bulk streams",
      "not-supported",
      (handle) => {
        handle.claimInterface(0);
        handle.allocStreams(1, Uint8Array.of(0x81));
      },
    ],
    ["bulk streams of nothing", "invalid-param", (handle) => handle.allocStreams(1, new Uint8Array())],
    ["bulk streams of too many", "invalid-param", (handle) => handle.freeStreams(new Uint8Array(31))],
    ["bulk streams of what is not claimed", "not-found", (handle) => handle.freeStreams(Uint8Array.of(0x81))],
    [
      "bulk streams of what is not granted",
      "access",
      (handle) => handle.allocStreams(1, Uint8Array.of(0x8f)),
    ],
    [
      "another length than the buffer's",
      "invalid-param",
      (handle) => handle.newTransfer("bulk", noSetup, 8, on(0x01)).submitTransfer(new Uint8Array(7)),
    ],
    [
      "a control transfer to endpoint 1",
      "invalid-param",
      (handle) => handle.newTransfer("control", noSetup, 0, on(0x81)),
    ],
    [
      "65536 bytes of control data",
      "invalid-param",
      (handle) => handle.newTransfer("control", { ...noSetup, bmRequestType: 0x80 }, 65_536, on(0)),
    ],
    [
      "an interface that is not claimed",
      "not-found",
      (handle) => handle.newTransfer("bulk", noSetup, 8, on(0x81)).submitTransfer(new Uint8Array()),
    ],
    ["releasing what is not claimed", "not-found", (handle) => handle.releaseInterface(0)],
    [
      "waiting for what was not submitted",
      "not-found",
      (handle, imports) =>
        imports["component:usb/transfers"].awaitTransfer(handle.newTransfer("bulk", noSetup, 8, on(0x81))),
    ],
    [
      "cancelling what was not submitted",
      "not-found",
      (handle) => handle.newTransfer("bulk", noSetup, 8, on(0x81)).cancelTransfer(),
    ],
    [
      "submitting twice",
      "busy",
      (handle) => {
        handle.claimInterface(0);
        const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
        transfer.submitTransfer(new Uint8Array());
        transfer.submitTransfer(new Uint8Array());
      },
    ],
    [
      "a closed handle",
      "no-device",
      async (handle) => {
        await handle.close();
        handle.claimInterface(0);
      },
    ],
  ])("%s: %s", async (_, code, call) => {
    let seen: unknown;
    await inGuest(async (handle, imports) => {
      seen = await codeOf(() => call(handle, imports));
    });
    expect(seen).toBe(code);
  });

  test("a transfer that the guest drops is cancelled, and no longer counted", async () => {
    const small: Entry = {
      driver: "guest",
      usb: { vendorId: "0x1209", interfaces: [0], maximumTransfers: 2 },
    };
    const { device, denials } = await inGuest(
      (handle, _, device) => {
        handle.claimInterface(0);
        for (let count = 0; count < 10; count += 1) {
          const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
          transfer.submitTransfer(new Uint8Array());
          transfer[Symbol.dispose]();
          expect(device.transfers.at(-1)!.cancelled).toBe(true);
        }
      },
      { entry: small },
    );
    expect(device.transfers).toHaveLength(10);
    expect(denials).toEqual([]);
  });

  test("every transfer is traced with what it did, when anybody listens", async () => {
    const { events } = await inGuest(async (handle, imports, device) => {
      device.answer = (transfer) => transfer.succeed(Uint8Array.of(5));
      handle.claimInterface(0);
      const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
      transfer.submitTransfer(new Uint8Array());
      await imports["component:usb/transfers"].awaitTransfer(transfer);
    });
    expect(events.filter(({ kind }) => kind === "usb")).toMatchObject([
      {
        device: "echo",
        busNumber: 1,
        deviceAddress: 5,
        request: { type: "bulk", endpoint: 0x81, length: 8 },
        result: { data: Uint8Array.of(5), actualLength: 1 },
      },
    ]);
  });
});

describe("a call that is not granted: access, a line in the audit trail, nothing on the bus", () => {
  const composite: FakeDeviceOptions = {
    interfaces: [
      { class: 0xff, endpoints: [0x81, 0x01] },
      { class: 0x08, endpoints: [0x82, 0x02] },
    ],
  };
  const limited: Entry = {
    driver: "guest",
    usb: { vendorId: "0x1209", interfaces: [0], maximumLength: 64, maximumTransfers: 1 },
  };

  test.each<[string, string, (handle: GuestHandle) => unknown]>([
    ["claiming another interface", "interface", (handle) => handle.claimInterface(1)],
    ["releasing another interface", "interface", (handle) => handle.releaseInterface(1)],
    ["asking for its kernel driver", "interface", (handle) => handle.kernelDriverActive(1)],
    ["detaching its kernel driver", "interface", (handle) => handle.detachKernelDriver(1)],
    ["an alternate setting of it", "interface", (handle) => handle.setInterfaceAltsetting(1, 0)],
    ["its endpoint", "endpoint", (handle) => handle.newTransfer("bulk", noSetup, 8, on(0x82))],
    ["the halt of its endpoint", "endpoint", (handle) => handle.clearHalt(0x82)],
    [
      "a request to it",
      "request",
      (handle) => handle.newTransfer("control", { ...noSetup, bmRequestType: 0x21, wIndex: 1 }, 0, on(0)),
    ],
    [
      "a vendor request to the device",
      "request",
      (handle) => handle.newTransfer("control", { ...noSetup, bmRequestType: 0x40 }, 0, on(0)),
    ],
    [
      "another configuration",
      "set-configuration",
      (handle) => handle.setConfiguration({ tag: "value", val: 1 }),
    ],
    ["a reset", "reset", (handle) => handle.resetDevice()],
    ["too long", "length", (handle) => handle.newTransfer("bulk", noSetup, 65, on(0x81))],
    [
      "4 GiB - 1, as QuickJS passes it",
      "length",
      (handle) => handle.newTransfer("bulk", noSetup, -1, on(0x81)),
    ],
    [
      "one transfer too many",
      "transfers",
      (handle) => {
        handle.newTransfer("bulk", noSetup, 8, on(0x81));
        handle.newTransfer("bulk", noSetup, 8, on(0x81));
      },
    ],
  ])("%s (%s)", async (_, denied, call) => {
    let seen: unknown;
    const { device, denials } = await inGuest(
      async (handle) => {
        seen = await codeOf(() => call(handle));
      },
      { entry: limited, device: composite },
    );
    expect(seen).toBe("access");
    expect(denials).toEqual([denied]);
    expect(device.calls).toEqual([]);
    expect(device.transfers).toEqual([]);
  });

  test("more submits in a second than the limit", async () => {
    const slow: Entry = { ...entry, limits: { transactionsPerSecond: 2 } };
    const seen: unknown[] = [];
    const { denials } = await inGuest(
      async (handle) => {
        handle.claimInterface(0);
        for (let count = 0; count < 3; count += 1) {
          const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
          seen.push(await codeOf(() => transfer.submitTransfer(new Uint8Array())));
        }
      },
      { entry: slow },
    );
    expect(seen).toEqual(["no error", "no error", "access"]);
    expect(denials).toEqual(["rate"]);
  });

  test("more handles than anybody needs", async () => {
    let seen: unknown;
    const { denials } = await inGuest(async (_, imports) => {
      const [[device] = []] = imports["component:usb/device"].listDevices();
      seen = await codeOf(() => {
        for (let count = 0; count < 20; count += 1) device!.open();
      });
    });
    expect(seen).toBe("access");
    expect(denials).toEqual(["handles"]);
  });

  test.each([
    ["a security key, told by its report descriptor", securityKey, "security-key"],
    ["an interface whose report descriptor cannot be read", "pipe" as const, "security-key"],
    ["a keyboard", keyboard, undefined],
  ])("%s", async (_, reportDescriptor, denied) => {
    let seen: unknown;
    const { denials } = await inGuest(
      async (handle) => {
        seen = await codeOf(() => handle.claimInterface(0));
      },
      {
        entry: { driver: "guest", usb: { class: "0x03" } },
        device: { interfaces: [{ class: 0x03, endpoints: [0x81] }], reportDescriptor },
      },
    );
    expect(seen).toBe(denied === undefined ? "no error" : "access");
    expect(denials).toEqual(denied === undefined ? [] : [denied]);
  });
});

describe("security keys that appear while a driver runs", () => {
  const vendor = { class: 0xff, endpoints: [0x81, 0x01] };
  const hid = { class: 0x03, endpoints: [0x81, 0x01] };
  const changing: Entry = {
    driver: "guest",
    usb: { vendorId: "0x1209", interfaces: [0], allow: ["set-configuration", "reset"] },
  };
  const second = { tag: "value", val: 2 };

  test("another configuration shows one: nothing of it is reached, with transfers of before neither", async () => {
    const seen: unknown[] = [];
    const { device, denials } = await inGuest(
      async (handle) => {
        const before = handle.newTransfer("bulk", noSetup, 8, on(0x81));
        await handle.setConfiguration(second);
        seen.push(await codeOf(() => handle.claimInterface(0)));
        seen.push(await codeOf(() => handle.newTransfer("bulk", noSetup, 8, on(0x81))));
        seen.push(await codeOf(() => before.submitTransfer(new Uint8Array())));
      },
      { entry: changing, device: { interfaces: [vendor], second: [hid], reportDescriptor: securityKey } },
    );
    expect(device.calls).toEqual(["configuration 2"]);
    expect(seen).toEqual(["access", "access", "not-found"]);
    expect(denials).toEqual(["security-key", "security-key"]);
    expect(device.transfers).toEqual([]);
  });

  test("a control transfer that was made before is judged again when it is sent", async () => {
    const seen: unknown[] = [];
    const setReport = { ...noSetup, bmRequestType: 0x21, bRequest: 9 };
    const { device, denials } = await inGuest(
      async (handle) => {
        const before = handle.newTransfer("control", setReport, 1, on(0));
        await handle.setConfiguration(second);
        seen.push(await codeOf(() => before.submitTransfer(Uint8Array.of(0))));
      },
      { entry: changing, device: { interfaces: [vendor], second: [hid], reportDescriptor: securityKey } },
    );
    expect(seen).toEqual(["access"]);
    expect(denials).toEqual(["security-key"]);
    expect(device.transfers).toEqual([]);
  });

  test("another configuration with a keyboard is as good as the first", async () => {
    const { device, denials } = await inGuest(
      async (handle) => {
        await handle.setConfiguration(second);
        handle.claimInterface(0);
      },
      { entry: changing, device: { interfaces: [vendor], second: [hid], reportDescriptor: keyboard } },
    );
    expect(device.calls.slice(0, 2)).toEqual(["configuration 2", "claim 0"]);
    expect(denials).toEqual([]);
  });

  test.each<[string, (handle: GuestHandle) => Promise<void>]>([
    ["the configuration is being changed", (handle) => handle.setConfiguration(second)],
    ["the device is being reset", (handle) => handle.resetDevice()],
  ])("while %s, every HID interface may be one", async (_, begin) => {
    const seen: unknown[] = [];
    const { denials } = await inGuest(
      async (handle) => {
        const change = begin(handle);
        seen.push(await codeOf(() => handle.claimInterface(0)));
        await change;
      },
      { entry: changing, device: { interfaces: [hid], second: [hid], reportDescriptor: keyboard } },
    );
    expect(seen).toEqual(["access"]);
    expect(denials).toEqual(["security-key"]);
  });

  test("no other configuration while an interface is claimed, which would be another one's afterwards", async () => {
    const seen: unknown[] = [];
    const { device } = await inGuest(
      async (handle) => {
        handle.claimInterface(0);
        seen.push(await codeOf(() => handle.setConfiguration(second)));
        await handle.releaseInterface(0);
        seen.push(await codeOf(() => handle.setConfiguration(second)));
      },
      { entry: changing, device: { interfaces: [vendor], second: [vendor] } },
    );
    expect(seen).toEqual(["busy", "no error"]);
    expect(device.active).toBe(2);
  });

  test("after a reset the report descriptor is read again, through the handle that has the interface", async () => {
    const seen: unknown[] = [];
    const device = { interfaces: [hid], reportDescriptor: keyboard };
    const after = async (report: Uint8Array) => {
      const { denials, device: fake } = await inGuest(
        async (handle, _, fake) => {
          handle.claimInterface(0);
          fake.answer = (transfer) => transfer.succeed(report);
          await handle.resetDevice();
          seen.push(await codeOf(() => handle.newTransfer("bulk", noSetup, 8, on(0x81))));
        },
        { entry: changing, device },
      );
      expect(fake.transfers[0]!.request.setup).toMatchObject({
        bmRequestType: 0x81,
        bRequest: 6,
        wValue: 0x2200,
      });
      return denials;
    };
    expect(await after(keyboard)).toEqual([]);
    expect(await after(securityKey)).toEqual(["security-key"]);
    expect(seen).toEqual(["no error", "access"]);
  });

  test("a configuration that somebody else chose is looked at by nobody, so none of its HID interfaces is reached", async () => {
    let seen: unknown;
    const { denials } = await inGuest(
      async (handle, _, fake) => {
        handle.kernelDriverActive(0);
        fake.active = 2;
        seen = await codeOf(() => handle.claimInterface(0));
      },
      { entry: changing, device: { interfaces: [vendor], second: [hid], reportDescriptor: keyboard } },
    );
    expect(seen).toBe("access");
    expect(denials).toEqual(["security-key"]);
  });

  test("requests to the whole device reach an interface that is not granted: a key there needs its own word", async () => {
    const vendorRequest = { ...noSetup, bmRequestType: 0x40, bRequest: 1 };
    const wide: Entry = {
      driver: "guest",
      usb: { vendorId: "0x1209", interfaces: [0], allow: ["device-requests"] },
    };
    const denialsOf = async (reportDescriptor: Uint8Array) => {
      const { denials } = await inGuest(
        async (handle) => {
          await codeOf(() => handle.newTransfer("control", vendorRequest, 0, on(0)));
        },
        {
          entry: wide,
          device: { interfaces: [vendor, { class: 0x03, endpoints: [0x82] }], reportDescriptor },
        },
      );
      return denials;
    };
    expect(await denialsOf(securityKey)).toEqual(["security-key"]);
    expect(await denialsOf(keyboard)).toEqual([]);
  });
});

describe("interfaces", () => {
  test("claiming takes the interface from the kernel, releasing gives it back", async () => {
    const { device } = await inGuest(
      async (handle) => {
        expect(handle.kernelDriverActive(0)).toBe(true);
        handle.claimInterface(0);
        handle.claimInterface(0);
        await handle.setInterfaceAltsetting(0, 1);
        await handle.clearHalt(0x81);
        await handle.releaseInterface(0);
        await handle.close();
        await handle.close();
      },
      { device: { kernelInterfaces: [0] } },
    );
    expect(device.calls).toEqual([
      "detach 0",
      "claim 0",
      "setting 0 1",
      "clear halt 129",
      "release 0",
      "attach 0",
    ]);
    expect(device.opened).toBe(0);
  });

  test("what the guest leaves behind is undone when the board closes", async () => {
    const { device } = await inGuest(
      (handle) => {
        handle.claimInterface(0);
        handle.newTransfer("bulk", noSetup, 8, on(0x81)).submitTransfer(new Uint8Array());
      },
      { device: { kernelInterfaces: [0] } },
    );
    expect(device.transfers[0]!.cancelled).toBe(true);
    expect(device.calls).toEqual(["detach 0", "claim 0", "release 0", "attach 0"]);
    expect(device.opened).toBe(0);
  });

  test("granted changes of the device reach it", async () => {
    const { device } = await inGuest(
      async (handle) => {
        await handle.setConfiguration({ tag: "value", val: 1 });
        await handle.setConfiguration({ tag: "unconfigured" });
        await handle.resetDevice();
      },
      {
        entry: {
          driver: "guest",
          usb: { vendorId: "0x1209", interfaces: [0], allow: ["set-configuration", "reset"] },
        },
      },
    );
    expect(device.calls).toEqual(["configuration 1", "configuration undefined", "reset"]);
  });

  test("descriptors without opening; the arrival as a hotplug event, once", async () => {
    await inGuest(async (_, imports) => {
      const [[device] = []] = imports["component:usb/device"].listDevices();
      expect(device!.getConfigurationDescriptor(0).configurationValue).toBe(1);
      expect(device!.getConfigurationDescriptorByValue(1).configurationValue).toBe(1);
      expect(device!.getActiveConfigurationDescriptor().configurationValue).toBe(1);
      expect(await codeOf(() => device!.getConfigurationDescriptor(1))).toBe("not-found");
      expect(await codeOf(() => device!.getConfigurationDescriptorByValue(2))).toBe("not-found");
      const hotplug = imports["component:usb/usb-hotplug"];
      expect(hotplug.pollEvents()).toEqual([]);
      hotplug.enableHotplug();
      expect(hotplug.pollEvents()).toMatchObject([
        [{ arrived: true, left: false }, { bus: 1, address: 5, vendor: 0x1209, product: 1 }, {}],
      ]);
      expect(hotplug.pollEvents()).toEqual([]);
    });
  });
});
