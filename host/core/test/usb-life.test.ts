import { describe, expect, test } from "vitest";
import type { BoardFile } from "../src/board/schema.ts";
import { UsbError } from "../src/bus/usb/error.ts";
import { BackendError } from "../src/error.ts";
import { FakeUsbDevice, noSetup, on, type UsbGuest, usbBoard } from "./usb-fakes.ts";

const one: BoardFile["devices"] = {
  echo: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [0] }, limits: { callMs: 1000 } },
};

/** Reads once from 0x81; a code of libusb becomes the driver's `disconnected`, as class drivers do it. */
const reading: UsbGuest = (imports) => {
  const [[device] = []] = imports["component:usb/device"].listDevices();
  const handle = device!.open();
  handle.claimInterface(0);
  return async () => {
    const transfer = handle.newTransfer("bulk", noSetup, 8, on(0x81));
    transfer.submitTransfer(new Uint8Array());
    return await imports["component:usb/transfers"].awaitTransfer(transfer);
  };
};

/** A turn of the event loop: everything that is ready has happened. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const answering = (value: number, options?: ConstructorParameters<typeof FakeUsbDevice>[0]) => {
  const device = new FakeUsbDevice(options);
  device.answer = (transfer) => transfer.succeed(Uint8Array.of(value));
  return device;
};

describe("hotplug", () => {
  test("opening a board asks for no device; the first use does, and closing the board ends the watch", async () => {
    const { board, usb } = await usbBoard(one, reading);
    expect(usb.asked).toBe(0);
    usb.plug(answering(1));
    await board.usbEcho("echo");
    expect([usb.asked, usb.watchers]).toEqual([1, 1]);
    await board[Symbol.asyncDispose]();
    expect(usb.watchers).toBe(0);
  });

  test("an absent device is waited for, and its driver starts when it arrives", async () => {
    const { board, usb, events } = await usbBoard(one, reading);
    const opening = board.usbEcho("echo");
    await turn();
    expect(events).toMatchObject([{ kind: "lifecycle", event: "waiting", device: "echo" }]);
    usb.plug(new FakeUsbDevice({ vendorId: 0x9999 }));
    await turn();
    expect(events).toHaveLength(1);
    usb.plug(answering(7));
    expect(await (await opening).roundTrip("bulk", Uint8Array.of(0))).toEqual(Uint8Array.of(7));
    await board[Symbol.asyncDispose]();
  });

  test("closing the board ends the waiting", async () => {
    const { board } = await usbBoard(one, reading);
    const opening = board.usbEcho("echo");
    const ended = expect(opening).rejects.toMatchObject({ code: "disconnected" });
    await turn();
    await board[Symbol.asyncDispose]();
    await ended;
  });

  test("unplugged in the middle of a call: disconnected; it starts by itself when it returns", async () => {
    const { board, usb, events } = await usbBoard(one, reading);
    const first = new FakeUsbDevice();
    usb.plug(first);
    const echo = await board.usbEcho("echo");
    const call = echo.roundTrip("bulk", Uint8Array.of(0));
    const ended = expect(call).rejects.toMatchObject({ code: "disconnected" });
    // The call waits for its transfer. In another turn the tests' time would jump to its end.
    await Promise.resolve();
    usb.unplug(first);
    await ended;
    await expect(echo.roundTrip("bulk", Uint8Array.of(0))).rejects.toMatchObject({ code: "disconnected" });
    await turn();
    expect(first.opened).toBe(0);
    usb.plug(answering(2));
    await turn();
    expect(
      events.filter(({ kind }) => kind === "lifecycle").map((event) => "event" in event && event.event),
    ).toEqual(["started", "stopped", "started"]);
    expect(await (await board.usbEcho("echo")).roundTrip("bulk", Uint8Array.of(0))).toEqual(Uint8Array.of(2));
    await board[Symbol.asyncDispose]();
  });

  test("unplugged and plugged in 200 times, at the same moments as its driver starts", async () => {
    const { board, usb } = await usbBoard(one, reading);
    for (let round = 0; round < 200; round += 1) {
      const device = answering(round & 0xff);
      usb.plug(device);
      const opening = board.usbEcho("echo").then((echo) => echo.roundTrip("bulk", Uint8Array.of(0)));
      for (let ticks = round % 23; ticks > 0; ticks -= 1) await undefined;
      usb.unplug(device);
      const last = answering(1);
      usb.plug(last);
      await opening.catch((error) => expect(error).toMatchObject({ code: "disconnected" }));
      usb.unplug(last);
      await turn();
      expect([device.opened, last.opened]).toEqual([0, 0]);
    }
    await board[Symbol.asyncDispose]();
  });
});

describe("which device an entry gets", () => {
  const two: BoardFile["devices"] = {
    left: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [0] } },
    right: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [0] } },
  };

  test("an entry whose interfaces another entry has is told so", async () => {
    const { board, usb, events } = await usbBoard(
      {
        first: { driver: "guest", usb: { vendorId: "0x1209", productId: 1, interfaces: [0] } },
        second: { driver: "guest", usb: { vendorId: "0x1209", class: "0xff" } },
      },
      reading,
    );
    usb.plug(answering(1, { port: "1-4" }));
    await board.usbEcho("first");
    const opening = board.usbEcho("second").catch(() => undefined);
    await turn();
    expect(events.at(-1)).toMatchObject({
      device: "second",
      event: "waiting",
      reason:
        '0x1209:0x0001 on port 1-4 matches, but "first" has interfaces of it that this entry names too; ' +
        "remove one of the entries",
    });
    await board[Symbol.asyncDispose]();
    await opening;
  });

  test("two devices of the same kind are two instances", async () => {
    const { board, usb } = await usbBoard(two, reading);
    usb.plug(answering(1, { port: "1-1" }));
    usb.plug(answering(2, { port: "1-2" }));
    const [left, right] = [await board.usbEcho("left"), await board.usbEcho("right")];
    expect(await left.roundTrip("bulk", Uint8Array.of(0))).toEqual(Uint8Array.of(1));
    expect(await right.roundTrip("bulk", Uint8Array.of(0))).toEqual(Uint8Array.of(2));
    await board[Symbol.asyncDispose]();
  });

  test("an entry that says more about its device chooses first", async () => {
    const { board, usb } = await usbBoard(
      { ...two, right: { driver: "guest", usb: { vendorId: "0x1209", serialNumber: "A", interfaces: [0] } } },
      reading,
    );
    usb.plug(answering(1, { serialNumber: "A" }));
    usb.plug(answering(2, { serialNumber: "B" }));
    expect(await (await board.usbEcho("left")).roundTrip("bulk", Uint8Array.of(0))).toEqual(Uint8Array.of(2));
    expect(await (await board.usbEcho("right")).roundTrip("bulk", Uint8Array.of(0))).toEqual(
      Uint8Array.of(1),
    );
    await board[Symbol.asyncDispose]();
  });

  test("two interfaces of one device are two instances, and one interface only one", async () => {
    const { board, usb, events } = await usbBoard(
      {
        first: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [0] } },
        second: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [1] } },
        third: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [1] } },
      },
      () => async (data) => data,
    );
    const interfaces = [
      { class: 0xff, endpoints: [0x81] },
      { class: 0xff, endpoints: [0x82] },
    ];
    usb.plug(new FakeUsbDevice({ interfaces }));
    await board.usbEcho("first");
    await board.usbEcho("second");
    const third = board.usbEcho("third").catch(() => undefined);
    await turn();
    expect(events.at(-1)).toMatchObject({ device: "third", event: "waiting" });
    await board[Symbol.asyncDispose]();
    await third;
  });
});

describe("what goes wrong", () => {
  test("a device that is gone while it is looked at is no device, and harms nobody", async () => {
    const { board, usb } = await usbBoard(one, reading);
    const gone = new FakeUsbDevice();
    gone.activeConfiguration = () => {
      throw new UsbError("no-device", "injected");
    };
    usb.plug(gone);
    const opening = board.usbEcho("echo");
    await turn();
    usb.plug(answering(3));
    expect(await (await opening).roundTrip("bulk", Uint8Array.of(0))).toEqual(Uint8Array.of(3));
    await board[Symbol.asyncDispose]();
  });

  test("a call that waits for a transfer longer than its limit ends in timeout, and everything is undone", async () => {
    const { board, usb, clock } = await usbBoard(one, reading);
    const device = new FakeUsbDevice({ kernelInterfaces: [0] });
    usb.plug(device);
    const echo = await board.usbEcho("echo");
    await expect(echo.roundTrip("bulk", Uint8Array.of(0))).rejects.toMatchObject({ code: "timeout" });
    expect(clock.now()).toBe(1000);
    await turn();
    expect(device.calls).toEqual(["detach 0", "claim 0", "release 0", "attach 0"]);
    expect([device.opened, device.transfers[0]!.cancelled]).toEqual([0, true]);
    await board[Symbol.asyncDispose]();
  });

  test("the operating system's refusal reaches the caller before the driver starts", async () => {
    const { board, usb, events } = await usbBoard(one, reading);
    const device = new FakeUsbDevice();
    device.openError = new BackendError("this user may not open it; mend it with: chmod");
    usb.plug(device);
    await expect(board.usbEcho("echo")).rejects.toThrow("mend it with: chmod");
    expect(events).toEqual([]);
    device.openError = undefined;
    await expect(board.usbEcho("echo")).resolves.toBeDefined();
    await board[Symbol.asyncDispose]();
  });

  test("a driver that needs USB and has no grant is not linked, and the message has the line to add", async () => {
    await expect(usbBoard({ echo: { driver: "guest" } }, reading)).rejects.toThrow(
      'add "usb": { "vendorId": "0x2341", "interfaces": [0] } to "devices.echo"',
    );
  });

  test("waiting and the time, for drivers that poll", async () => {
    const { board, usb } = await usbBoard(one, (imports) => async (data) => {
      const before = imports["busbar:board/time"].nowMs();
      await imports["busbar:board/time"].waitMs(250);
      expect(imports["busbar:board/time"].nowMs() - before).toBe(250);
      return data;
    });
    usb.plug(new FakeUsbDevice());
    await (await board.usbEcho("echo")).roundTrip("bulk", Uint8Array.of(0));
    await board[Symbol.asyncDispose]();
  });
});
