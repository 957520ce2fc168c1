import { wire } from "@busbar/contract";
import { I2cError } from "@busbar/host/backend";
import { simulatedBuses, VirtualClock } from "@busbar/sim";
import { describe, expect, it } from "vitest";
import model, { checksum, Sht3x, type Sht3xOptions } from "../src/model.ts";

const ADDRESS = 0x44;
/** Checksums from another implementation. */
const RESULT = [0x66, 0x66, 0x93, 0x33, 0x33, 0x88];

function plug(options: Partial<Sht3xOptions> = {}) {
  const source = () => ({ temperature: 0x6666, humidity: 0x3333 });
  const wires = wire(ADDRESS, (clock) => new Sht3x({ source, ...options }, clock));
  const command = (code: number) => wires.write(code >> 8, code & 0xff);
  return {
    ...wires,
    command,
    result: () => wires.receive(6),
    status: () => {
      const [high, low] = wires.read([0xf3, 0x2d], 3);
      return high! * 256 + low!;
    },
    fetch: () => {
      command(0xe000);
      return wires.receive(6);
    },
  };
}

const notAcknowledged = expect.objectContaining({ payload: { tag: "no-acknowledge", val: "address" } });
function refused(body: () => unknown): void {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(I2cError);
    expect(error).toEqual(notAcknowledged);
    return;
  }
  expect.fail("it was acknowledged");
}

describe("the checksum", () => {
  it("of 0xBEEF is 0x92, section 4.12, table 20", () => expect(checksum(0xbeef)).toBe(0x92));
  it.each([
    [0x0000, 0x81],
    [0xffff, 0xac],
    [0x6666, 0x93],
    [0x8010, 0xe1],
  ])("of %i is %i", (word, expected) => expect(checksum(word)).toBe(expected));
});

describe("a single measurement", () => {
  it.each([
    [0x2400, 15.5, 12.5],
    [0x240b, 6.5, 4.5],
    [0x2416, 4.5, 2.5],
  ])("of %i is there after its time, once", (code, maximumMs, typicalMs) => {
    for (const [measurementTime, ms] of [
      ["maximum", maximumMs],
      ["typical", typicalMs],
    ] as const) {
      const { clock, command, result } = plug({ measurementTime });
      command(code);
      refused(result);
      clock.advance(ms - 0.1);
      refused(result);
      clock.advance(0.1);
      expect(result()).toEqual(RESULT);
      refused(result);
    }
  });

  it.each([0x2c06, 0x2c0d, 0x2c10])("of %i is there at once, as by a stretched clock", (code) => {
    const { read } = plug();
    expect(read([code >> 8, code & 0xff], 6)).toEqual(RESULT);
  });

  it("ends with what nobody asked for", () => {
    const { clock, command, receive } = plug();
    command(0x2400);
    clock.advance(20);
    expect(receive(8)).toEqual([...RESULT, 0xff, 0xff]);
  });

  it("is ended by a break", () => {
    const { clock, command, result } = plug();
    command(0x2400);
    command(0x3093);
    clock.advance(20);
    refused(result);
  });
});

describe("periodic measurements", () => {
  it.each([
    [[0x2032, 0x2024, 0x202f], 2000],
    [[0x2130, 0x2126, 0x212d], 1000],
    [[0x2236, 0x2220, 0x222b], 500],
    [[0x2334, 0x2322, 0x2329], 250],
    [[0x2737, 0x2721, 0x272a], 100],
    [[0x2b32], 250],
  ])("of %j are there each %d ms, once", (codes, periodMs) => {
    for (const [index, code] of codes.entries()) {
      const { clock, command, fetch } = plug();
      command(code);
      refused(fetch);
      clock.advance([15.5, 6.5, 4.5][index]!);
      for (let round = 0; round < 3; round++) {
        expect(fetch()).toEqual(RESULT);
        refused(fetch);
        clock.advance(periodMs - 0.1);
        refused(fetch);
        clock.advance(0.1);
      }
    }
  });

  it("stop with a break, after which the chip is busy for a moment", () => {
    const { clock, command, fetch, status } = plug();
    command(0x2130);
    clock.advance(100);
    command(0x3093);
    refused(status);
    clock.advance(1);
    refused(fetch);
    expect(status() & 2).toBe(2);
  });

  it("let no other command through", () => {
    const { clock, command, status, fetch } = plug();
    command(0x3041);
    command(0x2130);
    for (const code of [0x30a2, 0x306d, 0x2400, 0x3041]) {
      command(code);
      expect(status()).toBe(0x0002);
    }
    clock.advance(100);
    expect(fetch()).toEqual(RESULT);
    expect(status()).toBe(0);
  });
});

describe("the status register", () => {
  it("tells of the power-up, until it is cleared", () => {
    const { command, status } = plug();
    expect(status()).toBe(0x8010);
    command(0x3041);
    expect(status()).toBe(0);
  });

  it("tells of the heater", () => {
    const { command, status } = plug();
    command(0x3041);
    command(0x306d);
    expect(status()).toBe(0x2000);
    command(0x3066);
    expect(status()).toBe(0);
  });

  it("tells of a command that is none, until the next one", () => {
    const { command, status } = plug();
    command(0x1234);
    expect(status()).toBe(0x8012);
    command(0x3041);
    expect(status()).toBe(0);
  });

  it("after a reset is that after power-up; the chip is busy for a moment", () => {
    const { clock, command, status } = plug();
    command(0x3041);
    command(0x306d);
    command(0x30a2);
    refused(status);
    clock.advance(1.5);
    expect(status()).toBe(0x8010);
  });
});

describe("the alert limits", () => {
  /** 60 °C and 80 %RH, and so on, as Linux's driver understands the words. */
  it.each([
    [0xe11f, 60, 80],
    [0xe114, 58, 79],
    [0xe109, -9, 22],
    [0xe102, -10, 20],
  ])("of %i are %d °C and %d %%RH after power-up", (code, celsius, humidity) => {
    const { read } = plug();
    const [high, low] = read([code >> 8, code & 0xff], 3);
    const word = high! * 256 + low!;
    expect(Math.abs(((word & 0x1ff) * 128 * 175) / 65535 - 45 - celsius)).toBeLessThan(0.35);
    expect(Math.abs(((word & 0xfe00) * 100) / 65535 - humidity)).toBeLessThan(0.8);
  });

  it.each([
    [0x611d, 0xe11f],
    [0x6116, 0xe114],
    [0x610b, 0xe109],
    [0x6100, 0xe102],
  ])("are written with %i, each with its checksum, and read with %i", (write, read) => {
    const { write: send, read: ask, status, command, clock } = plug();
    command(0x3041);
    send(write >> 8, write & 0xff, 0xbe, 0xef, 0x92);
    expect(ask([read >> 8, read & 0xff], 3)).toEqual([0xbe, 0xef, 0x92]);
    send(write >> 8, write & 0xff, 0x66, 0x66, 0x92);
    expect(ask([read >> 8, read & 0xff], 3)).toEqual([0xbe, 0xef, 0x92]);
    expect(status()).toBe(0x0001);
    send(write >> 8, write & 0xff, 0x66, 0x66, 0x93);
    expect(status()).toBe(0);
    command(0x30a2);
    clock.advance(1.5);
    expect(ask([read >> 8, read & 0xff], 3)).not.toEqual([0x66, 0x66, 0x93]);
    expect(() => send(write >> 8, write & 0xff, 1, 2, 3, 4)).toThrow("did not acknowledge byte 6 of 6");
  });
});

describe("messages", () => {
  it("that are no command do nothing", () => {
    const { write, status, result } = plug();
    write(0x24);
    refused(result);
    expect(() => write(0x24, 0x00, 0x00)).toThrow("did not acknowledge byte 3 of 3");
    expect(status()).toBe(0x8010);
  });

  it("between a query and its answer take the answer away", () => {
    const { command, receive, write } = plug();
    command(0xf32d);
    write();
    refused(() => receive(3));
  });
});

describe("in the board file", () => {
  const open = (parameters: object) => {
    const clock = new VirtualClock(1000.1);
    const entry = { i2c: "sim", address: ADDRESS, model: "sht3x", ...parameters };
    return simulatedBuses([entry], clock, new Map([["sht3x", model]])).get("sim")!;
  };
  const measured = (parameters: object) => {
    const [data] = open(parameters).transaction(ADDRESS, [
      { kind: "write", data: Uint8Array.of(0x2c, 0x06) },
      { kind: "read", length: 6 },
    ]);
    const view = new DataView(data!.buffer, data!.byteOffset);
    return [view.getUint16(0), view.getUint16(3)];
  };

  it.each([
    [{ temperature: -10, humidity: 20 }, [0x3333, 0x3333]],
    [{ temperature: 25, humidity: 100 }, [0x6666, 0xffff]],
    [{ temperature: 95, humidity: 0 }, [0xcccc, 0]],
    [{ raw: { temperature: 1, humidity: 65535 } }, [1, 65535]],
  ])("%j is measured", (parameters, words) => expect(measured(parameters)).toEqual(words));

  it.each([
    [
      { raw: { temperature: 65536, humidity: 0 } },
      '"raw.temperature": expected a whole number from 0 to 65535.',
    ],
    [
      { raw: { temperature: 0, humidity: 0 }, humidity: 1 },
      'expected either "raw" or temperature and humidity, not both.',
    ],
    [
      { humidity: 101 },
      '"humidity": expected a number from 0 to 100, or { mean, swing, periodSeconds } that stays there.',
    ],
    [{ measurementTime: "minimum" }, '"measurementTime": expected ("typical" | "maximum"), not "minimum".'],
  ])("%j is refused", (parameters, message) => {
    expect(() => open(parameters)).toThrow(`simulate[0] (sht3x at 0x44): ${message}`);
  });
});
