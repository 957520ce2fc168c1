import { describe, expect, test } from "vitest";
import { RateLimit } from "../src/grants/rate.ts";
import { FakeClock, fakeBoard } from "./fakes.ts";
import { FakeUsbDevice, noSetup, on, usbBoard } from "./usb-fakes.ts";

/** When takes succeed, of tries every `everyMs`. */
function taken(perSecond: number, everyMs: number, tries: number): number[] {
  const clock = new FakeClock();
  const limit = new RateLimit(clock, perSecond);
  const times: number[] = [];
  for (let count = 0; count < tries; count += 1) {
    if (limit.take()) times.push(clock.now());
    clock.advance(everyMs);
  }
  return times;
}

/** The most that lie within one second, wherever that begins. */
function densest(times: readonly number[]): number {
  return Math.max(
    ...times.map((start) => times.filter((time) => time >= start && time - start < 1000).length),
  );
}

describe("a rate limit", () => {
  test.each([
    [1, 7],
    [5, 1],
    [10, 90],
    [100, 3],
  ])("of %i holds in any second, and is given whole (a try every %i ms)", (perSecond, everyMs) => {
    const times = taken(perSecond, everyMs, 2000);
    expect(densest(times)).toBe(perSecond);
    // Nothing is lost by it: about as many as there are seconds.
    expect(times.length).toBeGreaterThan(Math.floor(((2000 * everyMs) / 1000) * perSecond * 0.9));
  });

  test("a burst, a rest and another burst are no more than a second's worth together", () => {
    const clock = new FakeClock();
    const limit = new RateLimit(clock, 10);
    const burst = () => Array.from({ length: 50 }, () => limit.take()).filter(Boolean).length;
    expect(burst()).toBe(10);
    clock.advance(999);
    expect(burst()).toBe(0);
    clock.advance(1);
    expect(burst()).toBe(10);
  });
});

describe("a quota belongs to the device, not to one life of its driver", () => {
  test("a driver that traps and is started again has no more transactions than before", async () => {
    const { board, bus, clock } = await fakeBoard(
      {
        devices: {
          indoor: {
            driver: "guest",
            i2c: { bus: 1, address: "0x76" },
            limits: { transactionsPerSecond: 3 },
          },
        },
      },
      {
        guest: (imports) => {
          const { bus, address } = imports["busbar:board/i2c"].open("indoor");
          return {
            read: () => {
              for (;;) bus.read(address, 1n);
            },
          };
        },
      },
    );
    const startMs = clock.now();
    for (let life = 0; life < 3; life += 1) {
      await expect((await board.sensor("indoor")).read()).rejects.toThrow();
    }
    // Three lives, with the waits between them, within the first second.
    expect(clock.now() - startMs).toBeLessThan(1000);
    expect(bus.transactions).toHaveLength(3);
  });

  test("transfers of a driver that trapped are returned, and only once", async () => {
    const counts: number[] = [];
    const { board, usb } = await usbBoard(
      { echo: { driver: "guest", usb: { vendorId: "0x1209", interfaces: [0], maximumTransfers: 3 } } },
      (imports) => async () => {
        const [[device]] = imports["component:usb/device"].listDevices() as unknown as [[{ open(): never }]];
        const handle = device.open() as {
          claimInterface(number: number): void;
          newTransfer(type: string, setup: object, length: number, options: object): Disposable;
        };
        handle.claimInterface(0);
        let made = 0;
        try {
          for (;;) {
            handle.newTransfer("bulk", noSetup, 8, on(0x81));
            made += 1;
          }
        } catch {
          counts.push(made);
        }
        throw new Error("a trap");
      },
    );
    usb.plug(new FakeUsbDevice());
    for (let life = 0; life < 3; life += 1) {
      await expect((await board.usbEcho("echo")).roundTrip("bulk", new Uint8Array())).rejects.toThrow();
    }
    expect(counts).toEqual([3, 3, 3]);
  });
});
