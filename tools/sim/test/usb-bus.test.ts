import type { Clock } from "@busbar/host";
import { UsbError, type UsbHotplugEvent, type UsbTransferRequest } from "@busbar/host/backend";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
// The package depends on this one, for its tests.
import echoModel, { UsbEcho } from "../../../packages/usb-echo/src/model.ts";
import { SimulatedUsb, simulatedUsb, type UsbFault } from "../src/index.ts";
import { withGarbage } from "../src/usb/oddity.ts";
import { TestDevice } from "./support/usb-device.ts";

/** Time that stands still until the test lets it go on: whoever sleeps wakes when it has come. */
class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ atMs: number; wake: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  async turn(): Promise<void> {
    await settled();
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  async advance(ms: number): Promise<void> {
    this.#nowMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs > this.#nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settled();
  }
}

/** Everything that is ready has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function plugged(faults: readonly UsbFault[] = [], kernelInterfaces: readonly number[] = []) {
  const clock = new SteppedClock();
  const usb = new SimulatedUsb(clock);
  const device = usb.plug("1-2.3", new UsbEcho(), { faults, kernelInterfaces });
  return { clock, usb, device, handle: device.open() };
}

const read = (length = 512, endpoint = 0x81, timeoutMs = 0): UsbTransferRequest => ({
  type: "bulk",
  endpoint,
  data: new Uint8Array(),
  length,
  timeoutMs,
});
const write = (data: Uint8Array, endpoint = 0x01): UsbTransferRequest => ({
  type: "bulk",
  endpoint,
  data,
  length: 0,
  timeoutMs: 0,
});

const ended = (done: Promise<{ data: Uint8Array }>) =>
  done.then(
    ({ data }) => [...data],
    (error: UsbError) => error.payload,
  );

describe("a plugged-in device", () => {
  it("is described, and configured, before anybody opens it", async () => {
    const { usb, device } = plugged();
    expect(await usb.devices()).toEqual([device]);
    expect(device).toMatchObject({
      descriptor: { vendorId: 0x1209, productId: 0x0001 },
      location: { busNumber: 1, deviceAddress: 2, portNumber: 3, speed: "high", port: "1-2.3" },
      manufacturer: "Busbar",
      product: "echo",
      serialNumber: "1",
    });
    expect(device.activeConfiguration()).toBe(1);
    expect(device.configurations[0]!.interfaces[0]!.endpoints).toHaveLength(4);
  });

  it("comes and goes with an event, and everything on it ends in no-device", async () => {
    const { usb, device, handle } = plugged();
    const events: UsbHotplugEvent[] = [];
    const watch = usb.watch((event) => events.push(event));
    const pending = [handle.submit(read()), handle.submit(read())].map(({ done }) => ended(done));
    usb.unplug("1-2.3");
    usb.unplug("1-2.3");
    expect(await Promise.all(pending)).toEqual(["no-device", "no-device"]);
    expect(() => handle.claimInterface(0)).toThrow(expect.objectContaining({ payload: "no-device" }));
    const again = usb.plug("1-2.3", new UsbEcho());
    expect(() => usb.plug("1-2.3", new UsbEcho())).toThrow(RangeError);
    watch[Symbol.dispose]();
    usb.unplug("1-2.3");
    expect(events).toEqual([
      { event: "left", device },
      { event: "arrived", device: again },
    ]);
    expect(again.location.deviceAddress).not.toBe(device.location.deviceAddress);
  });

  it("of garbage is there, and gives nothing but typed errors", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 0xffff_ffff }), async (seed) => {
        const usb = new SimulatedUsb(new SteppedClock());
        const device = usb.plug("1-1", withGarbage(new UsbEcho(), seed));
        const handle = device.open();
        for (const action of [() => handle.claimInterface(0), () => device.activeConfiguration()]) {
          try {
            action();
          } catch (error) {
            expect(error).toBeInstanceOf(UsbError);
          }
        }
        const writing = ended(handle.submit(write(Uint8Array.of(1))).done);
        await handle.close();
        expect(await writing).toSatisfy((result) => Array.isArray(result) || typeof result === "string");
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });
});

describe("transfers", () => {
  it("of one endpoint go in order; the actual length is told; a longer answer stays for the next", async () => {
    const { handle } = plugged();
    const reads = [handle.submit(read()), handle.submit(read(2)), handle.submit(read())].map(({ done }) =>
      ended(done),
    );
    const writes = [Uint8Array.of(1), Uint8Array.of(2, 3, 4)].map((data) => handle.submit(write(data)).done);
    expect((await Promise.all(writes)).map(({ actualLength }) => actualLength)).toEqual([1, 3]);
    expect(await Promise.all(reads)).toEqual([[1], [2, 3], [4]]);
  });

  it("end in timeout when their time is over, in interrupted when they are cancelled", async () => {
    const { handle, clock } = plugged();
    const slow = ended(handle.submit(read(512, 0x81, 100)).done);
    const waiting = handle.submit(read());
    const cancelled = ended(waiting.done);
    await clock.advance(99);
    waiting.cancel();
    expect(await cancelled).toBe("interrupted");
    await clock.advance(1);
    expect(await slow).toBe("timeout");
    expect(clock.sleepers).toBe(0);
    expect((await handle.submit(write(Uint8Array.of(5))).done).actualLength).toBe(1);
    expect(await ended(handle.submit(read(512, 0x81, 100)).done)).toEqual([5]);
  });

  it("closing ends them, and gives back what was claimed", async () => {
    const { device, handle } = plugged();
    handle.claimInterface(0);
    const pending = ended(handle.submit(read()).done);
    await handle.close();
    await handle.close();
    expect(await pending).toBe("interrupted");
    expect(() => handle.submit(read())).toThrow(UsbError);
    device.open().claimInterface(0);
  });

  it("control: standard requests are answered for the model, others are the model's", async () => {
    const usb = new SimulatedUsb(new SteppedClock());
    const handle = usb.plug("1-1", new TestDevice()).open();
    const control = (bmRequestType: number, bRequest: number, wValue: number, length: number) =>
      ended(
        handle.submit({
          type: "control",
          endpoint: 0,
          setup: { bmRequestType, bRequest, wValue, wIndex: 0, wLength: length },
          data: new Uint8Array(),
          length,
          timeoutMs: 0,
        }).done,
      );
    expect(await control(0x80, 6, 0x0100, 4)).toEqual([18, 1, 0, 2]);
    expect(await control(0xc0, 7, 9, 2)).toEqual([7, 9]);
    expect(await control(0xa1, 1, 0, 2)).toBe("pipe");
    expect(await control(0xc0, 99, 0, 2)).toBe("other");
  });
});

describe("faults", () => {
  it.each<[UsbFault, unknown]>([
    [{ fault: "stall" }, "pipe"],
    [{ fault: "no-response" }, "io"],
    [{ fault: "overflow" }, "overflow"],
    [{ fault: "unplug" }, "no-device"],
    [{ fault: "short", endpoint: 0x81 }, [1]],
  ])("%j", async (fault, result) => {
    const { handle } = plugged([{ ...fault, endpoint: 0x81 }]);
    await handle.submit(write(Uint8Array.of(1, 2))).done;
    expect(await ended(handle.submit(read()).done)).toEqual(result);
  });

  it.each<[UsbFault["fault"], string]>([
    ["no-memory", "no-mem"],
    ["unsupported", "not-supported"],
    ["other", "other"],
  ])("%s: the operating system refuses a transfer before the device sees it", async (fault, code) => {
    const { handle } = plugged([{ fault, endpoint: 0x01, transfer: 2 }]);
    await handle.submit(write(Uint8Array.of(1))).done;
    expect(() => handle.submit(write(Uint8Array.of(2)))).toThrow(expect.objectContaining({ payload: code }));
    await handle.submit(write(Uint8Array.of(3))).done;
    const reads = [read(), read()].map((request) => ended(handle.submit(request).done));
    expect(await Promise.all(reads)).toEqual([[1], [3]]);
  });

  it("silence lasts until the host gives up", async () => {
    const { clock, handle } = plugged([{ fault: "silent", endpoint: 0x81 }]);
    await handle.submit(write(Uint8Array.of(1))).done;
    const reading = ended(handle.submit(read(512, 0x81, 500)).done);
    await clock.advance(499);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    expect(await reading).toBe("timeout");
    expect(await ended(handle.submit(read()).done)).toEqual([1]);
  });

  it("of control requests strikes the one that it names, and all of that kind where it gives no value", async () => {
    const { handle } = plugged([
      { fault: "stall", request: "80/06", value: 0x0301, every: 1 },
      { fault: "no-response", request: "C0/01", every: 1 },
    ]);
    const request = (bmRequestType: number, bRequest: number, wValue: number) =>
      ended(
        handle.submit({
          type: "control",
          endpoint: 0,
          setup: { bmRequestType, bRequest, wValue, wIndex: 0, wLength: 4 },
          data: new Uint8Array(),
          length: 4,
          timeoutMs: 0,
        }).done,
      );
    expect(await request(0x80, 6, 0x0301)).toBe("pipe");
    expect(await request(0x80, 6, 0x0300)).toEqual([4, 3, 9, 4]);
    expect(await request(0xc0, 1, 5)).toBe("io");
    expect(await request(0x80, 0, 0)).toHaveLength(2);
  });

  it("a stalled endpoint stays halted until the host clears it", async () => {
    const { handle } = plugged([{ fault: "stall", endpoint: 0x81 }]);
    await handle.submit(write(Uint8Array.of(1))).done;
    expect(await ended(handle.submit(read()).done)).toBe("pipe");
    expect(await ended(handle.submit(read()).done)).toBe("pipe");
    await handle.clearHalt(0x81);
    expect(await ended(handle.submit(read()).done)).toEqual([1]);
  });

  it("slow takes its time, and a device that was unplugged comes back where it says so", async () => {
    const { usb, handle, clock } = plugged([
      { fault: "slow", endpoint: 0x01, delayMs: 50 },
      { fault: "unplug", endpoint: 0x82, delayMs: 200 },
    ]);
    const writing = ended(handle.submit(write(Uint8Array.of(1))).done);
    await clock.advance(49);
    expect(await Promise.race([writing, "still under way"])).toBe("still under way");
    await clock.advance(1);
    expect(await writing).toEqual([]);
    expect(await ended(handle.submit(read(64, 0x82)).done)).toBe("no-device");
    expect(await usb.devices()).toEqual([]);
    await clock.advance(200);
    expect(await usb.devices()).toHaveLength(1);
  });

  it("strike the transfer that they name, and again each so many", async () => {
    const { handle } = plugged([{ fault: "no-response", endpoint: 0x01, transfer: 2, every: 3, count: 2 }]);
    const results: unknown[] = [];
    for (let transfer = 1; transfer <= 9; transfer += 1) {
      results.push(await ended(handle.submit(write(Uint8Array.of(transfer))).done));
    }
    expect(results.map((result) => result === "io")).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 0].map(Boolean));
  });
});

describe("interfaces", () => {
  it("belong to one handle, or to the simulated operating system", async () => {
    const { device, handle } = plugged([], [0]);
    const other = device.open();
    const busy = expect.objectContaining({ payload: "busy" });
    expect(handle.kernelDriverActive(0)).toBe(true);
    expect(() => handle.claimInterface(0)).toThrow(busy);
    handle.detachKernelDriver(0);
    expect(() => handle.detachKernelDriver(0)).toThrow(expect.objectContaining({ payload: "not-found" }));
    handle.claimInterface(0);
    handle.claimInterface(0);
    expect(() => other.claimInterface(0)).toThrow(busy);
    expect(() => other.attachKernelDriver(0)).toThrow(busy);
    await expect(other.releaseInterface(0)).rejects.toMatchObject({ payload: "not-found" });
    await expect(handle.setConfiguration(1)).rejects.toMatchObject({ payload: "busy" });
    await handle.releaseInterface(0);
    handle.attachKernelDriver(0);
    expect(handle.kernelDriverActive(0)).toBe(true);
    expect(() => handle.claimInterface(1)).toThrow(expect.objectContaining({ payload: "not-found" }));
  });

  it("have the alternate settings of their descriptors, and a reset keeps the configuration", async () => {
    const usb = new SimulatedUsb(new SteppedClock());
    const model = new TestDevice();
    const device = usb.plug("1-1", model);
    const handle = device.open();
    handle.claimInterface(0);
    await handle.setAlternateSetting(0, 1);
    await expect(handle.setAlternateSetting(0, 2)).rejects.toMatchObject({ payload: "not-found" });
    await handle.releaseInterface(0);
    await handle.reset();
    await expect(handle.setConfiguration(9)).rejects.toMatchObject({ payload: "not-found" });
    await handle.setConfiguration(undefined);
    expect(device.activeConfiguration()).toBe(0);
    expect(() => handle.claimInterface(0)).toThrow(UsbError);
    expect(model.events).toEqual([
      "configuration 7",
      "interface 0 setting 1",
      "interface 0 setting 0",
      "configuration 7",
      "configuration 0",
    ]);
  });
});

describe("a loopback", () => {
  const endpoint = (address: number) => [7, 5, address, 2, 0, 2, 0];
  const configuration = [9, 2, 32, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 2, 0xff, 0, 0, 0];
  const hex = (bytes: readonly number[]) => Buffer.from(bytes).toString("hex");
  const entry = {
    usb: "1-1",
    model: "usb-loopback",
    speed: "super",
    device: hex([18, 1, 0, 3, 0, 0, 0, 9, 9, 0x12, 1, 0, 0, 1, 0, 0, 1, 2]),
    configurations: [hex([...configuration, ...endpoint(0x83), ...endpoint(0x03)]), hex([9, 5])],
    strings: ["A"],
  };

  it("has the endpoints that it is described with, and gives each transfer back whole", async () => {
    const [device] = await simulatedUsb([entry], new SteppedClock()).devices();
    expect(device!.serialNumber).toBe("A");
    expect(device!.configurations[1]).toBeUndefined();
    const handle = device!.open();
    handle.claimInterface(0);
    for (const data of [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(4)]) {
      await handle.submit({ ...write(data), endpoint: 0x03 }).done;
    }
    const reads = [2, 8, 8].map((length) => ended(handle.submit(read(length, 0x83)).done));
    expect(await Promise.all(reads)).toEqual(["overflow", [], [4]]);
    await handle.submit({ ...write(Uint8Array.of(5)), endpoint: 0x03 }).done;
    await handle.releaseInterface(0);
    await handle.setConfiguration(1);
    const afterwards = handle.submit(read(8, 0x83));
    afterwards.cancel();
    expect(await ended(afterwards.done)).toBe("interrupted");
  });

  it("gives and takes bytes by its vendor's request, and stalls all others", async () => {
    const [device] = await simulatedUsb([entry], new SteppedClock()).devices();
    const handle = device!.open();
    const request = (bmRequestType: number, bRequest: number, data: readonly number[]) => {
      const isIn = bmRequestType >= 0x80;
      const wLength = isIn ? 3 : data.length;
      const setup = { bmRequestType, bRequest, wValue: 0, wIndex: 0, wLength };
      const common = { type: "control", endpoint: 0, setup, timeoutMs: 0 } as const;
      return ended(handle.submit({ ...common, data: Uint8Array.from(data), length: isIn ? 3 : 0 }).done);
    };
    expect(await request(0xc1, 0x51, [])).toEqual([0, 1, 2]);
    expect(await request(0x41, 0x51, [7, 8])).toEqual([]);
    expect(await request(0xc1, 0x52, [])).toBe("pipe");
  });
});

describe("a board's simulate list", () => {
  it("plugs devices in, with faults and garbage, or leaves them out", async () => {
    const usb = simulatedUsb(
      [
        { usb: "1-1", model: "usb-echo", serialNumber: "A", faults: [{ fault: "stall", endpoint: "0x81" }] },
        { usb: "1-2", model: "usb-echo", garbageDescriptors: 7 },
        { usb: "1-3", model: "usb-echo", plugged: false },
      ],
      new SteppedClock(),
      new Map([["usb-echo", echoModel]]),
    );
    const [first, second, ...others] = await usb.devices();
    expect(first!.serialNumber).toBe("A");
    expect(second!.configurations[0]).not.toEqual(first!.configurations[0]);
    expect(others).toEqual([]);
    const handle = first!.open();
    await handle.submit(write(Uint8Array.of(1))).done;
    expect(await ended(handle.submit(read()).done)).toBe("pipe");
  });
});
