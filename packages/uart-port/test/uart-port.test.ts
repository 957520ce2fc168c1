import { payload } from "@busbar/contract";
import { type ExpectedUartCall, UartPlayback } from "@busbar/guest/uart-playback";
import { describe, expect, test } from "vitest";
import { UartSerialPort } from "../src/uart-port.ts";

function play<Result>(
  expected: readonly ExpectedUartCall[],
  use: (port: UartSerialPort, playback: UartPlayback) => Result,
): Result {
  const playback = new UartPlayback(expected, { baudRate: 115_200, parity: "even", stopBits: 2 });
  const result = use(new UartSerialPort(playback.port, playback.timer), playback);
  playback.done();
  return result;
}

const settings = { baudRate: 115_200, dataBits: 8, parity: "even", stopBits: "two" } as const;

describe("a port of the machine", () => {
  test("has the board's settings; only the speed can be another", () => {
    play(
      [{ setBaudRate: 9600 }, { setBaudRate: 300, error: { tag: "denied", val: "not listed." } }],
      (port) => {
        expect(port.getLineSettings()).toEqual(settings);
        port.setLineSettings(settings);
        port.setLineSettings({ ...settings, baudRate: 9600 });
        expect(port.getLineSettings()).toEqual({ ...settings, baudRate: 9600 });
        expect(payload(() => port.setLineSettings({ ...settings, baudRate: 300 }))).toEqual({
          tag: "access-denied",
          val: "Switching the port to 300 baud is not allowed (not listed); see the host's audit trail, and grant it in the board file.",
        });
        expect(payload(() => port.setLineSettings({ ...settings, parity: "odd" }))).toEqual({
          tag: "unsupported",
          val: 'The board sets parity of this port to even; change "uart" of the entry to have odd.',
        });
        for (const other of [{ dataBits: 7 }, { stopBits: "one" }] as const) {
          expect(payload(() => port.setLineSettings({ ...settings, ...other }))).toMatchObject({
            tag: "unsupported",
          });
        }
      },
    );
  });

  test("reads on behind a disturbed byte, and tells of it once", () => {
    const fault = (tag: "framing" | "parity" | "break" | "overrun"): ExpectedUartCall => ({
      read: [],
      error: { tag },
    });
    play([fault("framing"), fault("overrun"), { read: [1, 2] }, { read: [] }], (port, { timer }) => {
      expect(port.read(10, 100)).toEqual(Uint8Array.of(1, 2));
      const clear = { carrierDetect: false, dataSetReady: false, ring: false };
      const quiet = { breakReceived: false, framingError: false, parityError: false, overrun: false };
      expect(port.getLineState()).toEqual({ ...clear, ...quiet, framingError: true, overrun: true });
      expect(port.getLineState()).toEqual({ ...clear, ...quiet });
      expect(port.read(10, 100)).toEqual(new Uint8Array());
      expect(timer.nowMs()).toBe(100);
      expect(port.read(0, 100)).toEqual(new Uint8Array());
    });
  });

  test("writes what is long in parts, and waits for the end of it when it is closed", () => {
    const long = new Uint8Array(2500).fill(7);
    const parts = [long.slice(0, 1024), long.slice(0, 1024), long.slice(0, 452)];
    play([...parts.map((write) => ({ write })), { drain: true }, { drain: true }], (port) => {
      port.write(long);
      port.write(new Uint8Array());
      port.drain();
      port.close();
      port.close();
    });
  });

  test("says what it cannot do", () => {
    play([], (port) => {
      port.setControlSignals({ dataTerminalReady: true, requestToSend: true });
      const lower = { dataTerminalReady: false, requestToSend: true };
      expect(payload(() => port.setControlSignals(lower))).toMatchObject({ tag: "unsupported" });
      expect(payload(() => port.sendBreak())).toMatchObject({ tag: "unsupported" });
    });
  });

  test("closing tells what could not be sent, but not that nothing may be", () => {
    const drain = (tag: "denied" | "disconnected" | "other"): ExpectedUartCall => ({
      ...{ drain: true, error: { tag, val: "no" } },
    });
    play([drain("denied")], (port) => port.close());
    play([drain("disconnected")], (port) => {
      expect(payload(() => port.close())).toMatchObject({ tag: "disconnected" });
    });
  });
});
