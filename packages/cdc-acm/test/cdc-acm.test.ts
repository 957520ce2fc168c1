/** The driver class, on a port without a host. Time is simulated. */

import { UsbDevice } from "@busbar/guest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CdcAcm, type CdcAcmOptions } from "../src/index.ts";
import { FakePort, type FakePortOptions } from "./fake-port.ts";
import { bytes, payloadOf } from "./support.ts";

function open(options: Partial<CdcAcmOptions> = {}, fake: FakePortOptions = {}) {
  const port = new FakePort(fake);
  return { port, driver: new CdcAcm(port.device, port.time, options) };
}

const packet = (...values: number[]) => Uint8Array.from(values);
const notification = (state: number) => bytes(`a120000000000200${state.toString(16).padStart(2, "0")}00`);

describe("opening", () => {
  test("sets the line, listens and raises both signals; closing undoes it", () => {
    const { port, driver } = open({ baudRate: 9600 });
    expect(port.requests).toEqual(["21 20 0 0: 80250000000008", "21 22 3 0"]);
    expect([...port.claimed]).toEqual([0, 1]);
    expect(port.pending).toBe(16 + 8);
    driver.close();
    driver.close();
    expect(port.requests.slice(2)).toEqual(["21 22 0 0"]);
    expect([port.claimed.size, port.opened, port.pending]).toEqual([0, 0, 0]);
    expect(payloadOf(() => driver.read(1, 0)).tag).toBe("disconnected");
  });

  test.each([
    ["stalls", "pipe"],
    ["does not answer", "timeout"],
    ["fails", "io"],
  ] as const)(
    "a device that %s on line settings and signals works without, and that is said once",
    (_, code) => {
      const port = new FakePort({ fails: { 32: code, 33: code, 34: code } });
      const warnings: string[] = [];
      const device = new UsbDevice(port.host, "console", (message) => warnings.push(message));
      const driver = new CdcAcm(device, port.time, { baudRate: 9600 });
      expect(warnings).toHaveLength(2);
      port.send(packet(1));
      expect([...driver.read(10, 0)]).toEqual([1]);
      expect(driver.getLineSettings()).toMatchObject({ baudRate: 9600 });
      expect(driver.getLineSettings()).toMatchObject({ baudRate: 9600 });
      expect(warnings).toEqual([
        expect.stringMatching(/^SET_LINE_CODING failed/),
        expect.stringMatching(/^SET_CONTROL_LINE_STATE failed/),
        expect.stringMatching(/^GET_LINE_CODING failed/),
      ]);
      driver.close();
      expect([port.claimed.size, port.opened, port.pending]).toEqual([0, 0, 0]);
    },
  );

  test.each([0x20, 0x22])(
    "a device that is gone at request %i fails, and nothing is left under way",
    (gone) => {
      const port = new FakePort({ fails: { [gone]: "no-device" } });
      expect(payloadOf(() => new CdcAcm(port.device, port.time)).tag).toBe("disconnected");
      expect(port.pending).toBe(0);
    },
  );

  test.each([
    ["both", ["21 22 3 0"]],
    ["dtr", ["21 22 1 0"]],
    ["rts", ["21 22 2 0"]],
    ["none", ["21 22 0 0"]],
    ["keep", []],
  ] as const)(
    "raises %s of the signals, and closing leaves them where it is told to",
    (signalsOnOpen, sent) => {
      const { port, driver } = open({ signalsOnOpen, signalsOnClose: "keep" });
      expect(port.requests.slice(1)).toEqual(sent);
      driver.close();
      expect(port.requests.slice(1)).toEqual(sent);
    },
  );

  test("a device that does not give its configuration again is read by what the host knows of it", () => {
    const { port, driver } = open({}, { configurationFails: "timeout" });
    expect([...port.claimed]).toEqual([0, 1]);
    driver.close();
  });

  test("goes on where the device never said that it has line settings", () => {
    const { port, driver } = open({ baudRate: 19_200 }, { capabilities: 0, stalls: [0x20, 0x21, 0x22] });
    const settings = { baudRate: 19_200, dataBits: 8, parity: "none", stopBits: "one" } as const;
    expect(driver.getLineSettings()).toEqual(settings);
    expect(payloadOf(() => driver.setLineSettings(settings)).tag).toBe("unsupported");
    expect(payloadOf(() => driver.setControlSignals({})).tag).toBe("unsupported");
    driver.close();
    expect(port.pending).toBe(0);
  });

  test("takes the first port that it may have", () => {
    const { port, driver } = open({}, { ports: 2, denied: [1] });
    expect([...port.claimed]).toEqual([2, 3]);
    expect(port.requests[1]).toBe("21 22 3 2");
    driver.close();
  });

  test.each([
    ["is denied", { denied: [0] }, "access-denied"],
    ["has none", { ports: 0 }, "wrong-device"],
  ] as const)("of a device that %s fails", (_, fake, tag) => {
    const port = new FakePort(fake);
    expect(payloadOf(() => new CdcAcm(port.device, port.time)).tag).toBe(tag);
  });
});

describe("reading", () => {
  test("waits as long as it is told to, and no longer than for the first packet", () => {
    const { port, driver } = open();
    port.send(packet(1), 300);
    expect(driver.read(10, 299)).toHaveLength(0);
    expect(port.nowMs).toBe(299);
    expect([...driver.read(10, 1000)]).toEqual([1]);
    expect(port.nowMs).toBe(300);
    expect(driver.read(10, 0)).toHaveLength(0);
    expect(port.nowMs).toBe(300);
  });

  test("returns what there is, in pieces as large as is asked for", () => {
    const { port, driver } = open();
    for (let value = 0; value < 10; value += 1) port.send(packet(value, value));
    expect([...driver.read(5, 0)]).toEqual([0, 0, 1, 1, 2]);
    expect([...driver.read(1, 0)]).toEqual([2]);
    expect(driver.read(0, 1000)).toHaveLength(0);
    expect([...driver.read(100, 0)]).toHaveLength(14);
  });

  test("passes over zero-length packets, but not over nothing else", () => {
    const { port, driver } = open();
    port.send(packet(), 10);
    port.send(packet(7), 20);
    expect([...driver.read(10, 100)]).toEqual([7]);
    for (let count = 0; count < 20_000; count += 1) port.send(packet(), 30);
    expect(payloadOf(() => driver.read(10, 100)).tag).toBe("protocol");
  });

  test("keeps what comes while nobody reads, and lets the device wait when that is much", () => {
    const { port, driver } = open();
    for (let value = 0; value < 100; value += 1) port.send(packet(value), value);
    port.pass(1_000_000);
    expect([...driver.read(1000, 0)]).toEqual(Array.from({ length: 100 }, (_, value) => value));
  });

  test("goes on after a stall, and loses nothing by it", () => {
    const { port, driver } = open();
    for (const sent of [packet(1), "pipe", packet(2)] as const) port.send(sent);
    const read = [...driver.read(10, 5), ...driver.read(10, 5)];
    expect(read).toEqual([1, 2]);
    expect(port.haltsCleared).toEqual([0x81]);
  });

  test("fails where the device does nothing but stall", () => {
    const { port, driver } = open();
    for (let count = 0; count < 4; count += 1) port.send("pipe", count);
    expect(payloadOf(() => driver.read(10, 50)).tag).toBe("protocol");
    expect(port.nowMs).toBe(3);
  });

  test.each([
    ["io", "bus"],
    // More came than one packet has: component:usb gives no data with an error, so that it must not look like none.
    ["overflow", "bus"],
    ["no-device", "disconnected"],
    ["access", "access-denied"],
  ] as const)("ends in a typed error after %s, and the next one goes on", (code, tag) => {
    const { port, driver } = open();
    port.send(packet(1));
    port.send(code);
    port.send(packet(2));
    expect(payloadOf(() => driver.read(10, 5)).tag).toBe(tag);
    expect([...driver.read(10, 5), ...driver.read(10, 5)]).toEqual([1, 2]);
    driver.close();
    expect(port.pending).toBe(0);
  });

  test("loses nothing, keeps the order and is never late", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 });
    const timeoutMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2000 }));
    const calls = fc.record({
      timeoutMs,
      max: fc.integer({ min: 1, max: 200 }),
      pauseMs: fc.integer({ min: 0, max: 900 }),
    });
    fc.assert(
      fc.property(gaps, fc.array(calls, { maxLength: 30 }), (gaps, calls) => {
        const { port, driver } = open();
        let atMs = 0;
        const sent = gaps.flatMap((gap, index) => {
          atMs += gap;
          const data = new Uint8Array(gap % 65).fill(index);
          port.send(data, atMs);
          return [...data];
        });
        const read: number[] = [];
        for (const { timeoutMs, max, pauseMs } of calls) {
          const startMs = port.nowMs;
          const data = driver.read(max, timeoutMs);
          expect(port.nowMs - startMs).toBeLessThanOrEqual(timeoutMs);
          if (data.length === 0) expect(port.nowMs - startMs).toBe(timeoutMs);
          expect(data.length).toBeLessThanOrEqual(max);
          read.push(...data);
          expect(port.pending).toBe(16 + 8);
          port.pass(pauseMs);
        }
        for (let data = driver.read(500, 30_000); data.length > 0; data = driver.read(500, 30_000))
          read.push(...data);
        expect(read).toEqual(sent);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

describe("writing", () => {
  const data = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

  test.each([
    [0, true, []],
    [1, true, [1]],
    [64, true, [64, 0]],
    [64, false, [64]],
    [513, true, [512, 1]],
    [1024, true, [512, 512, 0]],
  ] as const)(
    "%i bytes, zero-length packets %s, are the transfers %j",
    (length, zeroLengthPackets, lengths) => {
      const { port, driver } = open({ zeroLengthPackets });
      driver.write(data(length));
      driver.drain();
      expect(port.takenLengths).toEqual(lengths);
      expect(port.taken).toEqual([...data(length)]);
    },
  );

  test("returns while the last transfers are under way; drain waits for them", () => {
    const { port, driver } = open();
    port.bytesPerMs = 1;
    driver.write(data(1000));
    expect(port.nowMs).toBe(0);
    driver.write(data(24));
    expect(port.nowMs).toBe(512);
    driver.drain();
    expect(port.nowMs).toBe(1024);
    expect(port.taken).toHaveLength(1024);
  });

  test("takes in what comes meanwhile, as a device that sends it back needs", () => {
    const { port, driver } = open();
    port.bytesPerMs = 64;
    for (let count = 0; count < 160; count += 1) port.send(data(64), count);
    const before = port.submitted;
    driver.write(data(160 * 64));
    // Each packet that was taken in has made room for another one.
    expect(port.submitted - before).toBeGreaterThan(130);
    port.pass(1000);
    expect(driver.read(100_000, 0).length + driver.read(100_000, 0).length).toBe(160 * 64);
  });

  test("tells a failure of that in the next read", () => {
    const { port, driver } = open();
    port.send("io");
    driver.write(data(2000));
    expect(payloadOf(() => driver.read(1, 0)).tag).toBe("bus");
    expect(driver.read(1, 0)).toHaveLength(0);
  });

  test("ends when the device takes nothing for too long, and the next one goes on", () => {
    const { port, driver } = open({ writeTimeoutMs: 200 });
    port.bytesPerMs = 0.001;
    expect(payloadOf(() => driver.write(data(2000))).tag).toBe("timeout");
    expect(port.nowMs).toBe(200);
    port.bytesPerMs = 64;
    driver.write(data(10));
    driver.drain();
    expect(port.taken).toEqual([...data(10)]);
  });

  test.each([
    ["pipe", "protocol", [0x01]],
    ["io", "bus", []],
    ["no-device", "disconnected", []],
  ] as const)("ends in a typed error after %s, and the next one goes on", (code, tag, cleared) => {
    const { port, driver } = open();
    port.outError = code;
    driver.write(data(10));
    expect(payloadOf(() => driver.drain()).tag).toBe(tag);
    expect(port.haltsCleared).toEqual(cleared);
    port.outError = undefined;
    driver.write(data(3));
    driver.drain();
    expect(port.taken).toEqual([...data(3)]);
  });

  test("says so where the device takes only a part", () => {
    const { port, driver } = open();
    port.takesHalf = true;
    driver.write(data(10));
    expect(payloadOf(() => driver.drain())).toEqual({
      tag: "protocol",
      val: "The device took 5 of 10 bytes; what was written after them is lost, so write it again.",
    });
  });

  test("is drained by closing, which gives everything back even where that fails", () => {
    const { port, driver } = open({ writeTimeoutMs: 100 });
    port.bytesPerMs = 1;
    driver.write(data(50));
    driver.close();
    expect(port.taken).toHaveLength(50);
    const failing = open({ writeTimeoutMs: 100 });
    failing.port.bytesPerMs = 0.001;
    failing.driver.write(data(50));
    expect(payloadOf(() => failing.driver.close()).tag).toBe("timeout");
    expect(failing.port.requests.at(-1)).toBe("21 22 0 0");
    expect([failing.port.pending, failing.port.opened, failing.port.claimed.size]).toEqual([0, 0, 0]);
  });
});

describe("the line", () => {
  test("is set after what was written before has been sent", () => {
    const { port, driver } = open();
    port.bytesPerMs = 1;
    driver.write(packet(1, 2, 3));
    driver.setLineSettings({ baudRate: 1200, dataBits: 7, parity: "odd", stopBits: "two" });
    expect(port.taken).toEqual([1, 2, 3]);
    expect(port.requests.at(-1)).toBe("21 20 0 0: b0040000020107");
    expect(driver.getLineSettings()).toMatchObject({ baudRate: 115_200, stopBits: "one" });
  });

  test.each([
    ["80250000030008", "reserved values"],
    ["802500000000", "6 bytes"],
    ["00000000000008", "baud rate of 0"],
    // What Linux's gadget has before the first SET_LINE_CODING.
    ["00000000000000", "reserved values"],
    ["", "0 bytes"],
  ])("settings %s of the device are none: those that were set count, and that is said", (hex, text) => {
    const port = new FakePort();
    const warnings: string[] = [];
    const device = new UsbDevice(port.host, "console", (message) => warnings.push(message));
    const driver = new CdcAcm(device, port.time, { baudRate: 9600 });
    port.lineCoding = bytes(hex);
    const settings = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: "one" };
    expect(driver.getLineSettings()).toEqual(settings);
    expect(warnings).toEqual([expect.stringContaining(text)]);
  });

  test("settings that do not exist do not reach the device", () => {
    const { port, driver } = open();
    const settings = { baudRate: 0, dataBits: 8, parity: "none", stopBits: "one" } as const;
    expect(payloadOf(() => driver.setLineSettings(settings)).tag).toBe("invalid-argument");
    expect(port.requests).toHaveLength(2);
  });

  test("signals and breaks", () => {
    const { port, driver } = open();
    driver.setControlSignals({ requestToSend: true });
    driver.sendBreak(250);
    expect(port.requests.slice(2)).toEqual(["21 22 2 0", "21 23 fa 0"]);
    expect(payloadOf(() => driver.sendBreak(65_535)).tag).toBe("invalid-argument");
    const without = open({}, { capabilities: 2 });
    expect(payloadOf(() => without.driver.sendBreak(1)).tag).toBe("unsupported");
  });

  test("a stalled break counts as sent, as Linux's gadget does it; other failures are told", () => {
    const { port, driver } = open({}, { stalls: [0x23] });
    driver.sendBreak(250);
    expect(port.requests.at(-1)).toBe("21 23 fa 0");
    const failing = open({}, { fails: { 35: "io" } });
    expect(payloadOf(() => failing.driver.sendBreak(1)).tag).toBe("bus");
  });

  test.each([10, 16, 64])("a notification is read with the packet size of its endpoint, %i", (size) => {
    const { port, driver } = open({}, { notificationPacketBytes: size });
    port.send(notification(0x03), 0, 0x82);
    expect(driver.getLineState()).toMatchObject({ carrierDetect: true, dataSetReady: true });
    expect(port.lengths.get(0x82)).toBe(size);
  });

  test("the state comes in notifications of two packets; errors are told once", () => {
    const { port, driver } = open();
    const send = (state: number) => {
      port.send(notification(state).subarray(0, 8), port.nowMs, 0x82);
      port.send(notification(state).subarray(8), port.nowMs, 0x82);
    };
    expect(driver.getLineState()).toMatchObject({ carrierDetect: false, breakReceived: false });
    send(0x03 | 0x04);
    send(0x02 | 0x40);
    expect(driver.getLineState()).toMatchObject({
      carrierDetect: false,
      dataSetReady: true,
      breakReceived: true,
      overrun: true,
    });
    expect(driver.getLineState()).toMatchObject({ dataSetReady: true, breakReceived: false, overrun: false });
  });

  test("the state is the latest one, however many there were", () => {
    const { port, driver } = open();
    for (let count = 0; count < 30; count += 1) {
      const state = notification(count === 29 ? 0x08 : 0x01);
      port.send(state.subarray(0, 8), 0, 0x82);
      port.send(state.subarray(8), 0, 0x82);
    }
    expect(driver.getLineState()).toMatchObject({ ring: true, carrierDetect: false });
  });

  test("the state is the latest one where the device could not yet send it", () => {
    const { port, driver } = open();
    for (const atMs of [0, 0, 0, 0, 10]) {
      const state = notification(atMs === 10 ? 0x08 : 0x01);
      port.send(state.subarray(0, 8), atMs, 0x82);
      port.send(state.subarray(8), atMs, 0x82);
    }
    port.pass(5);
    expect(driver.getLineState()).toMatchObject({ ring: true });
  });

  test("notifications that are none do not disturb, and failures of their endpoint are told", () => {
    const { port, driver } = open();
    port.send(packet(1, 2, 3), 0, 0x82);
    port.send("io", 0, 0x82);
    expect(driver.read(1, 5)).toHaveLength(0);
    expect(payloadOf(() => driver.getLineState()).tag).toBe("bus");
    expect(driver.getLineState()).toMatchObject({ ring: false });
  });
});
