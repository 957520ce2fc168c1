/** An app that drives USB devices itself: composed with its drivers, or one of somebody else's over component:usb. */

import { describe, expect, test } from "vitest";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import { BackendError } from "../src/error.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";
import { FakeUsb, FakeUsbDevice, noSetup, on, type UsbImports } from "./usb-fakes.ts";

const imports = [
  "component:usb/device@0.2.1",
  "component:usb/transfers@0.2.1",
  "component:usb/usb-hotplug@0.2.1",
  "component:usb/errors@0.2.1",
];

const stick = (serialNumber: string) => ({
  usb: { vendorId: "0x1209", serialNumber, interfaces: [0] },
});
const devices: BoardFile["devices"] = {
  first: { ...stick("1"), limits: { transactionsPerSecond: 2 } },
  second: stick("2"),
  /** Another app's. */
  third: stick("3"),
};

type Main = (given: UsbImports) => Promise<void> | void;

/** A board with an app that uses the first two devices. */
async function boardWith(main: Main, { usb = [new FakeUsb()] } = {}) {
  const events: BoardEvent[] = [];
  const app = fakeComponent("./lsusb.wasm", componentBytes(imports, ["wasi:cli/run@0.2.0"]), (given) => ({
    "wasi:cli/run@0.2.0": { run: () => main(given as unknown as UsbImports) },
  }));
  const clock = new FakeClock();
  const file = {
    devices,
    apps: {
      lsusb: { component: "app", uses: ["first", "second"] },
      other: { component: "app", uses: ["third"] },
    },
  };
  const board = await OpenBoard.open(parseBoard(file), {
    clock,
    i2c: [],
    usb,
    loadComponent: async () => app,
  });
  board.listen((event) => events.push(event));
  const run = (signal?: AbortSignal) => board.run("lsusb", { output: () => {}, ...(signal && { signal }) });
  return { board, usb: usb[0]!, events, run };
}

const plugged = (usb: FakeUsb, serialNumber: string) => {
  const device = new FakeUsbDevice({ serialNumber, port: `1-${serialNumber}` });
  device.answer = (transfer) => transfer.succeed(Uint8Array.of(Number(serialNumber)));
  usb.plug(device);
  return device;
};

/** What a call threw for the guest. */
function payloadOf(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return (thrown as { payload?: unknown }).payload;
  }
  return "nothing was thrown";
}

/** A turn of the event loop: everything that is ready has happened. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("an app over component:usb", () => {
  test("sees the devices that it uses, in the order of the board, and talks to them", async () => {
    const { run, usb, events } = await boardWith(async (given) => {
      const { listDevices } = given["component:usb/device"];
      const list = listDevices();
      expect(list.map(([, , location]) => location)).toMatchObject([{ port: "1-1" }, { port: "1-2" }]);
      for (const [index, [device]] of list.entries()) {
        const handle = device.open();
        handle.claimInterface(0);
        const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
        transfer.submitTransfer(new Uint8Array());
        const received = await given["component:usb/transfers"].awaitTransfer(transfer);
        expect(received).toEqual(Uint8Array.of(index + 1));
      }
    });
    const [second, first] = [plugged(usb, "2"), plugged(usb, "1")];
    plugged(usb, "3");
    await run();
    for (const device of [first, second]) {
      expect(device.calls).toEqual(["claim 0", "release 0"]);
      expect(device.opened).toBe(0);
    }
    expect(events.map(({ kind, device }) => [kind, device])).toEqual([
      ["usb", "first"],
      ["usb", "second"],
    ]);
    // The next run has them again.
    await run();
    expect(first.calls).toHaveLength(4);
  });

  test("is held to the entry of each device, and the operator is told", async () => {
    const { run, usb, events } = await boardWith(async (given) => {
      const handles = given["component:usb/device"].listDevices().map(([device]) => device.open());
      expect(payloadOf(() => handles[0]!.claimInterface(1))).toBe("access");
      handles[0]!.claimInterface(0);
      const submit = () => {
        const transfer = handles[0]!.newTransfer("bulk", noSetup, 8, on(0x81));
        transfer.submitTransfer(new Uint8Array());
      };
      submit();
      submit();
      expect(payloadOf(submit)).toBe("access");
    });
    plugged(usb, "1");
    plugged(usb, "2");
    await run();
    const denials = events.filter((event) => event.kind === "denied");
    expect(denials.map(({ device, denied }) => [device, denied])).toEqual([
      ["first", "interface"],
      ["first", "rate"],
    ]);
  });

  test("sees devices come and go", async () => {
    const seen: unknown[] = [];
    const { run, usb, events } = await boardWith(async (given) => {
      const { enableHotplug, pollEvents } = given["component:usb/usb-hotplug"];
      const { listDevices } = given["component:usb/device"];
      expect(pollEvents()).toEqual([]);
      enableHotplug();
      const poll = () => seen.push([listDevices().length, ...pollEvents().map(([flags]) => flags)]);
      poll();
      const first = plugged(usb, "1");
      await turn();
      poll();
      const [[device] = []] = listDevices();
      const handle = device!.open();
      handle.claimInterface(0);
      usb.unplug(first);
      await turn();
      poll();
      expect(payloadOf(() => device!.open())).toBe("no-device");
      expect(payloadOf(() => handle.claimInterface(0))).toBe("no-device");
      // Of one that came and went unseen there is nothing to tell.
      const unseen = plugged(usb, "1");
      await turn();
      usb.unplug(unseen);
      poll();
    });
    plugged(usb, "2");
    await run();
    expect(seen).toEqual([
      [1, { arrived: true, left: false }],
      [2, { arrived: true, left: false }],
      [1, { arrived: false, left: true }],
      [1],
    ]);
    expect(events).toMatchObject([
      { kind: "lifecycle", event: "waiting", device: "first", reason: expect.stringContaining("plug it in") },
    ]);
    expect(usb.watchers).toBe(1);
  });

  test("a device that leaves while it gets ready is not listed", async () => {
    const { run, usb } = await boardWith(async (given) => {
      const { listDevices } = given["component:usb/device"];
      usb.unplug(plugged(usb, "1"));
      expect(listDevices()).toEqual([]);
      await turn();
      expect(listDevices()).toEqual([]);
    });
    await run();
  });

  test("goes on without USB, and without a device that may not be opened", async () => {
    let listed: number | undefined;
    const main: Main = (given) => {
      listed = given["component:usb/device"].listDevices().length;
    };
    const none = await boardWith(main, { usb: [] });
    await none.run();
    expect(listed).toBe(0);
    expect(none.events).toMatchObject([
      { event: "waiting", device: "first", reason: expect.stringContaining("there is no USB here") },
      { event: "waiting", device: "second" },
    ]);
    const refused = await boardWith(main);
    const device = plugged(refused.usb, "1");
    plugged(refused.usb, "2");
    device.openError = new BackendError("no permission");
    await refused.run();
    expect(listed).toBe(1);
    expect(refused.events).toMatchObject([
      { device: "first", reason: expect.stringContaining("no permission") },
    ]);
  });

  test("a transfer that it waits for ends with its signal, and everything is given back", async () => {
    const stop = new AbortController();
    const { run, usb } = await boardWith(async (given) => {
      const handle = given["component:usb/device"].listDevices()[0]![0].open();
      handle.claimInterface(0);
      const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
      transfer.submitTransfer(new Uint8Array());
      setImmediate(() => stop.abort(new Error("enough")));
      await given["component:usb/transfers"].awaitTransfer(transfer);
    });
    const device = plugged(usb, "1");
    device.answer = undefined;
    await expect(run(stop.signal)).rejects.toThrow("enough");
    expect(device.transfers[0]!.cancelled).toBe(true);
    expect(device.calls).toEqual(["claim 0", "release 0"]);
    expect(device.opened).toBe(0);
  });

  test("does not start where it uses no such device", async () => {
    const i2c = { first: { i2c: { bus: 1, address: "0x48" } } };
    const app = fakeComponent("./lsusb.wasm", componentBytes(imports, ["wasi:cli/run@0.2.0"]), () => {
      throw new Error("it was started");
    });
    const file = parseBoard({ devices: i2c, apps: { lsusb: { component: "app", uses: ["first"] } } });
    const platform = { clock: new FakeClock(), i2c: [], usb: [], loadComponent: async () => app };
    await expect(OpenBoard.open(file, platform)).rejects.toThrow(
      "lsusb: ./lsusb.wasm imports component:usb/device@0.2.1, which the board does not grant; " +
        'add "uses" with a device that has "usb" and no "driver" to "apps.lsusb".',
    );
  });
});
