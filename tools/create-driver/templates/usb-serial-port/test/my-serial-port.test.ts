/** The driver class on recorded transfers: exact bytes, and a fault at each. */

import { describe, expect, test } from "vitest";
import { closed, failure, opened, play, request } from "./play.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("the port", () => {
  test("opens, writes, reads what fits, lowers its signals, and gives everything back", () => {
    const out = { endpoint: 0x01, out: [1, 2, 3] };
    const back = { endpoint: 0x81, in: [1, 2, 3], length: 64 };
    const playback = play([...opened, out, back, closed], (open) => {
      const port = open();
      expect(port.getLineSettings()).toEqual({
        baudRate: 115_200,
        dataBits: 8,
        parity: "none",
        stopBits: "one",
      });
      port.write(bytes(1, 2, 3));
      port.drain();
      expect(port.read(2, 100)).toEqual(bytes(1, 2));
      expect(port.read(2, 100)).toEqual(bytes(3));
      port.close();
      port.close();
      expect(() => port.read(1, 0)).toThrow(failure("disconnected"));
    });
    expect(playback.opened + playback.claimed.size + playback.pending).toBe(0);
  });

  test("nothing that comes in time is nothing, and no error", () => {
    play([...opened, { endpoint: 0x81, in: [], error: "timeout" }], (open) => {
      expect(open().read(64, 10)).toEqual(bytes());
    });
  });

  test("sets the line, and refuses what the part cannot do", () => {
    const line = { control: [0x41, 0x01, 0, 0] as const, out: [0x80, 0x25, 0, 0, 7, 0x12] };
    play([...opened, line], (open) => {
      const port = open();
      const settings = { baudRate: 9600, dataBits: 7, parity: "even", stopBits: "two" } as const;
      port.setLineSettings(settings);
      expect(port.getLineSettings()).toEqual(settings);
      for (const bad of [{ baudRate: 299 }, { dataBits: 5 }, { parity: "mark" as const }]) {
        expect(() => port.setLineSettings({ ...settings, ...bad })).toThrow(failure("unsupported"));
      }
    });
  });

  test("sends a break of the time that was asked for", () => {
    play([...opened, request(0x03, 1), request(0x03, 0)], (open, waits) => {
      open().sendBreak(250);
      expect(waits).toEqual([250]);
    });
  });

  test.each([
    [[0x03], { carrierDetect: true, dataSetReady: true, overrun: false }],
    [[0x40], { carrierDetect: false, overrun: true }],
  ])("the state %j", (state, expected) => {
    play([...opened, { control: [0xc1, 0x04, 0, 0], in: state }], (open) => {
      expect(open().getLineState()).toMatchObject(expected);
    });
  });

  test("a state of no byte is an error", () => {
    play([...opened, { control: [0xc1, 0x04, 0, 0], in: [] }], (open) => {
      expect(() => open().getLineState()).toThrow(failure("protocol"));
    });
  });
});

describe("what goes wrong", () => {
  test.each([
    ["pipe", "protocol"],
    ["no-device", "disconnected"],
    ["timeout", "timeout"],
    ["io", "bus"],
  ] as const)("%s at each transfer is %s", (error, tag) => {
    for (const index of opened.keys()) {
      play([...opened.slice(0, index), { ...opened[index]!, error }], (open) => {
        expect(() => open()).toThrow(failure(tag));
      });
    }
    play([...opened, { endpoint: 0x01, out: [1], error }], (open) => {
      expect(() => open().write(bytes(1))).toThrow(failure(tag));
    });
  });

  test("a device that takes only a part of a write is an error", () => {
    play([...opened, { endpoint: 0x01, out: [1, 2], sent: 1 }], (open) => {
      expect(() => open().write(bytes(1, 2))).toThrow(failure("protocol"));
    });
  });

  test("closing does not mind a device that is gone", () => {
    const gone = { ...closed, error: "no-device" as const };
    expect(play([...opened, gone], (open) => open().close()).opened).toBe(0);
  });

  test("another device is the wrong one, and a bad setting touches none", () => {
    const keyboard = { interfaces: [{ interfaceClass: 3, endpoints: [] }] };
    play([], (open) => expect(() => open()).toThrow(failure("wrong-device")), keyboard);
    play([], (open) => expect(() => open({ baudRate: 1 })).toThrow(failure("invalid-argument")));
  });
});
