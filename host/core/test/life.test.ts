import { describe, expect, test } from "vitest";
import type { BoardFile } from "../src/board/schema.ts";
import { ComponentError, fakeBoard, type Guest } from "./fakes.ts";

const file: BoardFile = {
  devices: {
    first: { driver: "guest", i2c: { bus: 1, address: "0x76" }, limits: { callMs: 1000 } },
    second: { driver: "guest", i2c: { bus: 1, address: "0x77" } },
  },
};

const steady: Guest = () => ({ read: () => Float64Array.of(21) });

/** A guest that waits for `ms` in each reading. */
function waiting(ms: number): Guest {
  return (imports) => {
    const delay = imports["busbar:board/i2c"].openDelay();
    return {
      read: async () => {
        await delay.delayNs(ms * 1e6);
        return Float64Array.of(ms);
      },
    };
  };
}

/** A guest that traps in the readings with these numbers, counted over all its lives. */
function trapping(...readings: number[]): Guest {
  let count = 0;
  return () => ({
    read: () => {
      count += 1;
      if (readings.includes(count)) throw new WebAssembly.RuntimeError("unreachable");
      return Float64Array.of(count);
    },
  });
}

describe("a driver's life", () => {
  test("opening a board starts nothing and opens no bus", async () => {
    const { bus, events } = await fakeBoard(file, { guest: steady });
    expect(bus.opened).toEqual([]);
    expect(events).toEqual([]);
  });

  test("what a guest returns as an error reaches the caller as it is, and the guest lives on", async () => {
    let fail = true;
    const { board } = await fakeBoard(file, {
      guest: () => ({
        read: () => {
          if (fail) throw new ComponentError({ tag: "protocol", val: "a checksum is wrong" });
          return Float64Array.of(1);
        },
      }),
    });
    const sensor = await board.sensor("first");
    await expect(sensor.read()).rejects.toMatchObject({
      name: "DeviceError",
      message: "first: a checksum is wrong",
      payload: { tag: "protocol", val: "a checksum is wrong" },
    });
    fail = false;
    await expect(sensor.read()).resolves.toEqual({ temperature: 1 });
  });

  test("a trap ends one instance; its handle says disconnected, and a new one works", async () => {
    const { board, bus, events } = await fakeBoard(file, { guest: trapping(2) });
    const sensor = await board.sensor("first");
    await sensor.read();
    await expect(sensor.read()).rejects.toMatchObject({ code: "disconnected" });
    await expect(sensor.read()).rejects.toMatchObject({ code: "disconnected" });
    expect(bus.closed).toBe(1);
    await sensor[Symbol.asyncDispose]();

    const again = await board.sensor("first");
    expect(await again.read()).toEqual({ temperature: 3 });
    expect(events.map((event) => event.kind === "lifecycle" && event.event)).toEqual([
      "started",
      "trapped",
      "started",
    ]);
  });

  test("the wait before a restart doubles with each trap", async () => {
    const { board, clock } = await fakeBoard(file, { guest: trapping(1, 2, 3) });
    const starts: number[] = [];
    for (let life = 0; life < 4; life += 1) {
      const sensor = await board.sensor("first");
      starts.push(clock.now());
      await sensor.read().catch(() => undefined);
    }
    expect(starts).toEqual([0, 100, 300, 700]);
  });

  test("a call that waits longer than its limit ends in timeout, and the instance with it", async () => {
    const { board, clock } = await fakeBoard(file, { guest: waiting(5000) });
    const sensor = await board.sensor("first");
    await expect(sensor.read()).rejects.toMatchObject({ code: "timeout" });
    expect(clock.now()).toBe(1000);
    await expect(sensor.read()).rejects.toMatchObject({ code: "disconnected" });
  });

  test("a driver that polls without end is stopped at its next transaction", async () => {
    const { board, clock } = await fakeBoard(file, {
      guest: (imports) => {
        const { bus, address } = imports["busbar:board/i2c"].open("first");
        return {
          read: () => {
            for (;;) {
              bus.read(address, 1n);
              clock.advance(1);
            }
          },
        };
      },
    });
    await expect((await board.sensor("first")).read()).rejects.toMatchObject({ code: "timeout" });
  });

  test("two drivers that wait do not wait for each other", async () => {
    const { board, clock } = await fakeBoard(file, { guest: waiting(800) });
    const first = await board.sensor("first");
    const second = await board.sensor("second");
    await Promise.all([first.read(), second.read()]);
    expect(clock.now()).toBe(800);
  });

  test("calls into one instance go in one after the other", async () => {
    const { board, clock } = await fakeBoard(file, { guest: waiting(100) });
    const sensor = await board.sensor("first");
    await Promise.all([sensor.read(), sensor.read(), sensor.read()]);
    expect(clock.now()).toBe(300);
  });

  test("closing the board ends a waiting call, closes the bus, and nothing starts after", async () => {
    const { board, bus } = await fakeBoard(file, { guest: waiting(900) });
    const sensor = await board.sensor("first");
    const reading = sensor.read();
    const ended = expect(reading).rejects.toMatchObject({ code: "disconnected" });
    await board[Symbol.asyncDispose]();
    await ended;
    expect(bus.closed).toBe(1);
    await expect(board.sensor("first")).rejects.toMatchObject({ code: "disconnected" });
    await board[Symbol.asyncDispose]();
  });

  test("closing a sensor drops the guest's resource, and closing twice is legal", async () => {
    const drops: string[] = [];
    const { board } = await fakeBoard(file, {
      guest: () => ({ read: () => Float64Array.of(1), drop: () => drops.push("drop") }),
    });
    const sensor = await board.sensor("first");
    await sensor[Symbol.asyncDispose]();
    await sensor[Symbol.asyncDispose]();
    expect(drops).toEqual(["drop"]);
    await expect(sensor.read()).rejects.toMatchObject({ code: "disconnected" });
  });

  test("readings come at fixed times, and a slow one skips what it missed", async () => {
    let reading = 0;
    const { board, clock } = await fakeBoard(file, {
      guest: () => ({
        read: () => {
          reading += 1;
          clock.advance(reading === 2 ? 250 : 10);
          return Float64Array.of(reading);
        },
      }),
    });
    const times: number[] = [];
    const sensor = await board.sensor("first");
    for await (const _ of sensor.readings({ everyMs: 100 })) {
      times.push(clock.now());
      if (times.length === 4) break;
    }
    expect(times).toEqual([10, 350, 410, 510]);
  });
});

describe("a replaced entry", () => {
  test("ends the old driver, and the same name opens the new one", async () => {
    const { board } = await fakeBoard(file, {
      guest: steady,
      other: () => ({ read: () => Float64Array.of(7) }),
    });
    const sensor = await board.sensor("first");
    await board.replace("first", { driver: "other", i2c: { bus: 1, address: "0x44" } });
    await expect(sensor.read()).rejects.toThrow("first: its entry of the board was replaced");
    expect(await (await board.sensor("first")).read()).toEqual({ temperature: 7 });
    expect(board.board.devices.first?.i2c?.address).toBe(0x44);
  });

  test("that is wrong changes nothing", async () => {
    const { board } = await fakeBoard(file, { guest: steady });
    const sensor = await board.sensor("first");
    const taken = { driver: "guest", i2c: { bus: 1, address: "0x77" } };
    await expect(board.replace("first", taken)).rejects.toThrow("are both wired to bus 1 at 0x77");
    await expect(board.replace("third", taken)).rejects.toThrow('the board has no device "third"');
    await expect(sensor.read()).resolves.toEqual({ temperature: 21 });
  });
});

describe("what a board cannot give", () => {
  test("a device that it does not have", async () => {
    const { board } = await fakeBoard(file, { guest: steady });
    await expect(board.sensor("garage")).rejects.toThrow(
      'the board has no device "garage"; it has "first", "second".',
    );
  });

  test("a bus that does not exist", async () => {
    const { board } = await fakeBoard(
      { devices: { lost: { driver: "guest", i2c: { bus: "missing", address: "0x76" } } } },
      { guest: steady },
    );
    await expect(board.sensor("lost")).rejects.toMatchObject({
      code: "backend",
      message:
        'lost: there is no I2C bus "missing" (asked fake); list the buses with "busbar scan", or simulate it.',
    });
  });
});
