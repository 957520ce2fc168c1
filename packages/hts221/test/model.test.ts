import { wire } from "@busbar/contract";
import { type SimulatedI2cBus, simulatedBuses, VirtualClock } from "@busbar/sim";
import { describe, expect, it } from "vitest";
import model, { decodeCalibration, encodeCalibration, Hts221, type Hts221Options } from "../src/model.ts";
import vectors from "./vectors/hts221.json" with { type: "json" };

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

const ADDRESS = 0x5f;
const CALIBRATION = bytes("3a85a616 00c4f3ff 000088cf fdfffb02");
/** H_OUT -6114, T_OUT 600. */
const DATA = [0x1e, 0xe8, 0x58, 0x02];
const ZEROS = [0, 0, 0, 0];
const MEASUREMENT_MS = 40;

function plug(options: Partial<Hts221Options> = {}) {
  const source = () => ({ temperature: 600, humidity: -6114 });
  const wires = wire(ADDRESS, (clock) => new Hts221({ calibration: CALIBRATION, source, ...options }, clock));
  return {
    ...wires,
    outputs: () => wires.read([0xa8], 4),
    status: () => wires.read([0x27], 1)[0],
    control2: () => wires.read([0x21], 1)[0],
  };
}

describe("registers", () => {
  it("have the contents of section 6 after power-up", () => {
    const { read, outputs } = plug();
    expect(read([0x0f], 1)).toEqual([0xbc]);
    expect(read([0x90], 1)).toEqual([0x1b]);
    expect(read([0xa0], 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(outputs()).toEqual(ZEROS);
    expect(read([0xb0], 16)).toEqual(Array.from(CALIBRATION));
  });

  it("follow each other only where the address says so", () => {
    const { read, write } = plug();
    expect(read([0x30], 3)).toEqual([0x3a, 0x3a, 0x3a]);
    write(0x90, 0x2b);
    write(0xa0, 0x00, 0x02);
    expect(read([0x10], 1)).toEqual([0x2b]);
    expect(read([0xa0], 2)).toEqual([0x00, 0x02]);
  });

  it("keep only the bits that exist, and not what is read-only", () => {
    const { read, write } = plug();
    write(0x10, 0xff);
    write(0x20, 0x7f);
    write(0x22, 0xff);
    write(0x0f, 0x00);
    write(0x27, 0xff);
    write(0xb0, 0x00);
    expect(read([0x10], 1)).toEqual([0x3f]);
    expect(read([0x20], 1)).toEqual([0x07]);
    expect(read([0x22], 1)).toEqual([0xc4]);
    expect(read([0x0f], 1)).toEqual([0xbc]);
    expect(read([0x27], 1)).toEqual([0]);
    expect(read([0x30], 1)).toEqual([0x3a]);
  });
});

describe("one-shot", () => {
  it("measures in its time, sets both flags, and clears its bit", () => {
    const { clock, write, status, control2, outputs } = plug();
    write(0x20, 0x84);
    write(0x21, 0x01);
    clock.advance(MEASUREMENT_MS - 0.1);
    expect([status(), control2(), outputs()]).toEqual([0, 1, ZEROS]);
    clock.advance(0.1);
    expect([status(), control2(), outputs()]).toEqual([3, 0, DATA]);
    expect(status()).toBe(0);
  });

  it("does nothing while the chip is powered down, or measures by itself", () => {
    const { clock, write, status, control2 } = plug();
    write(0x21, 0x01);
    clock.advance(MEASUREMENT_MS);
    expect([status(), control2()]).toEqual([0, 0]);
    write(0x20, 0x85);
    write(0x21, 0x01);
    expect(control2()).toBe(0);
  });

  it("asked for again does not begin again", () => {
    const { clock, write, status } = plug();
    write(0x20, 0x84);
    write(0x21, 0x01);
    clock.advance(30);
    write(0x21, 0x01);
    clock.advance(10);
    expect(status()).toBe(3);
  });

  it("is lost when the chip is powered down", () => {
    const { clock, write, status } = plug();
    write(0x20, 0x84);
    write(0x21, 0x01);
    write(0x20, 0x04);
    clock.advance(100);
    expect(status()).toBe(0);
  });

  it("flags are cleared by the high byte of their own output", () => {
    const { clock, write, status, read } = plug();
    write(0x20, 0x84);
    write(0x21, 0x01);
    clock.advance(MEASUREMENT_MS);
    read([0xa8], 2);
    expect(status()).toBe(1);
    read([0x2b], 1);
    expect(status()).toBe(0);
  });
});

describe("continuous measurement", () => {
  it.each([
    [0x85, 1000],
    [0x86, 1000 / 7],
    [0x87, 80],
  ])("with %i is there each %d ms", (control, periodMs) => {
    let measurements = 0;
    const source = () => ({ temperature: ++measurements, humidity: 0 });
    const { clock, write, status, outputs } = plug({ source });
    write(0x20, control);
    clock.advance(MEASUREMENT_MS);
    for (let index = 1; index < 5; index++) {
      expect([status(), outputs()]).toEqual([3, [0, 0, index, 0]]);
      clock.advance(periodMs - 0.1);
      expect(status()).toBe(0);
      clock.advance(0.1);
    }
  });

  it("with BDU does not mix two samples, without it does", () => {
    for (const [control, expected] of [
      [0x87, [0x11, 0x11]],
      [0x83, [0x11, 0x22]],
    ] as const) {
      let value = 0x1111;
      const { clock, write, read } = plug({ source: () => ({ temperature: 0, humidity: value }) });
      write(0x20, control);
      clock.advance(MEASUREMENT_MS);
      const low = read([0x28], 1);
      value = 0x2222;
      clock.advance(80);
      expect([...low, ...read([0x29], 1)]).toEqual(expected);
      value = 0x3333;
      clock.advance(80);
      expect(read([0xa8], 2)).toEqual([0x33, 0x33]);
    }
  });
});

describe("boot", () => {
  it("takes a while, in which the calibration cannot be read", () => {
    const { clock, write, read, control2 } = plug();
    write(0x21, 0x82);
    expect(control2()).toBe(0x82);
    expect(read([0xb0], 16)).toEqual(Array(16).fill(0));
    clock.advance(5);
    expect(control2()).toBe(0x02);
    expect(read([0xb0], 16)).toEqual(Array.from(CALIBRATION));
  });
});

describe("calibration", () => {
  it.each(vectors.cases)("of $name is decoded, and encoded again", ({ input, decoded_calibration }) => {
    const registers = bytes(input.registers_0x30_0x3F);
    const values = decodeCalibration(registers);
    const { H0_rH, H1_rH, T0_degC, T1_degC, ...outputs } = decoded_calibration;
    expect(values).toEqual({
      ...outputs,
      H0_rH_x2: 2 * H0_rH,
      H1_rH_x2: 2 * H1_rH,
      T0_degC_x8: 8 * T0_degC,
      T1_degC_x8: 8 * T1_degC,
    });
    const known = registers.slice();
    known.set([0], 4);
    known.set([0, 0], 8);
    known[5]! &= 0x0f;
    expect(encodeCalibration(values)).toEqual(known);
  });
});

describe("in the board file", () => {
  const open = (parameters: object): [SimulatedI2cBus, VirtualClock] => {
    const clock = new VirtualClock(1000.1);
    const entry = { i2c: "sim", address: ADDRESS, model: "hts221", ...parameters };
    return [simulatedBuses([entry], clock, new Map([["hts221", model]])).get("sim")!, clock];
  };
  const measured = (parameters: object): [humidity: number, temperature: number] => {
    const [bus, clock] = open(parameters);
    bus.transaction(ADDRESS, [{ kind: "write", data: Uint8Array.of(0xa0, 0x84, 0x01) }]);
    clock.advance(MEASUREMENT_MS);
    const [data] = bus.transaction(ADDRESS, [
      { kind: "write", data: Uint8Array.of(0xa8) },
      { kind: "read", length: 4 },
    ]);
    const view = new DataView(data!.buffer, data!.byteOffset);
    return [view.getInt16(0, true), view.getInt16(2, true)];
  };

  it("raw values are shown as they are", () => {
    expect(measured({ raw: { humidity: -32768, temperature: 32767 } })).toEqual([-32768, 32767]);
  });

  it("physical values lie on the line of the calibration", () => {
    const calibration = {
      ...{ H0_rH_x2: 40, H1_rH_x2: 160, H0_T0_OUT: 1000, H1_T0_OUT: 7000 },
      ...{ T0_degC_x8: 80, T1_degC_x8: 320, T0_OUT: 100, T1_OUT: -1100 },
    };
    expect(measured({ calibration, humidity: 50, temperature: 20 })).toEqual([4000, -300]);
    expect(measured({ calibration, humidity: 20, temperature: -5 })).toEqual([1000, 700]);
  });

  it("the calibration can be given as registers", () => {
    const [bus] = open({ calibration: { "0x30": "3a85a616 00c4f3ff 000088cf fdfffb02" } });
    const [data] = bus.transaction(ADDRESS, [
      { kind: "write", data: Uint8Array.of(0xb0) },
      { kind: "read", length: 16 },
    ]);
    expect(data).toEqual(CALIBRATION);
  });

  it.each([
    [{ raw: { temperature: 0 } }, '"raw.humidity" is missing.'],
    [
      { raw: { temperature: 0, humidity: 0 }, humidity: 40 },
      'expected either "raw" or temperature and humidity, not both.',
    ],
    [
      { temperature: 121 },
      '"temperature": expected a number from -40 to 120, or { mean, swing, periodSeconds } that stays there.',
    ],
    [
      { calibration: { T0_degC_x8: 1024 } },
      '"calibration.T0_degC_x8": expected a whole number from 0 to 1023.',
    ],
    [{ calibration: { "0x30": "00" } }, '"calibration.0x30": expected 16 bytes.'],
    [
      { calibration: { H1_T0_OUT: 120 } },
      "a chip of this calibration cannot show these values; change either.",
    ],
    [
      { calibration: { H1_rH_x2: 60 } },
      "a chip of this calibration cannot show these values; change either.",
    ],
    [
      { calibration: { T1_OUT: 32767 }, temperature: 100 },
      "a chip of this calibration cannot show these values; change either.",
    ],
  ])("%j is refused", (parameters, message) => {
    expect(() => open(parameters)).toThrow(`simulate[0] (hts221 at 0x5F): ${message}`);
  });
});
