/** Messages of Xbox One and Xbox Series controllers with a cable. */

import { StandardButton } from "@busbar/hid";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acknowledgeGipMessage,
  buildGipMessage,
  buildXboxOneLight,
  buildXboxOneRumble,
  GipCommand,
  hasShareButton,
  parseGipMessage,
  type XboxButton,
  XboxOneDecoder,
  XboxOneLight,
  xboxOneStart,
} from "../src/index.ts";
import { gamepadOf } from "./gamepad.ts";
import { bytes } from "./support.ts";

const input = (buttons: string, rest = "00 00 00 00 00 00 00 00 00 00 00 00"): Uint8Array =>
  bytes(`20 00 05 0E ${buttons} ${rest}`);
const read = (...messages: Uint8Array[]) => {
  const decoder = new XboxOneDecoder();
  return messages.map((message) => decoder.apply(parseGipMessage(message)!));
};

describe("parseGipMessage", () => {
  it("reads head and payload, and passes over what follows", () => {
    expect(parseGipMessage(bytes("07 30 02 02 01 5B FF"))).toEqual({
      command: GipCommand.VIRTUAL_KEY,
      client: 0,
      isInternal: true,
      needsAcknowledge: true,
      sequence: 2,
      payload: bytes("01 5B"),
    });
  });

  it("reads lengths of several bytes", () => {
    const message = Uint8Array.of(0x04, 0xf2, 1, 0xba, 0x02, ...new Uint8Array(314));
    expect(parseGipMessage(message)).toMatchObject({ client: 2, payload: { length: 314 } });
  });

  it.each(["", "20", "20 00", "20 00 05", "20 00 05 80", "20 00 05 FF FF FF FF FF FF 01"])(
    "takes for no message what is cut off in its head: %s",
    (hex) => {
      expect(parseGipMessage(bytes(hex))).toBeUndefined();
    },
  );

  it("takes as much of a payload as there is", () => {
    expect(parseGipMessage(bytes("20 00 05 0E 01"))?.payload).toEqual(Uint8Array.of(1));
  });

  it("is the inverse of buildGipMessage", () => {
    const messages = fc.record({
      command: fc.integer({ min: 0, max: 255 }),
      client: fc.integer({ min: 0, max: 15 }),
      isInternal: fc.boolean(),
      needsAcknowledge: fc.boolean(),
      sequence: fc.integer({ min: 0, max: 255 }),
      payload: fc.uint8Array({ maxLength: 400 }),
    });
    fc.assert(
      fc.property(messages, (message) => {
        expect(parseGipMessage(buildGipMessage(message))).toEqual(message);
      }),
      { seed: 31, numRuns: 500 },
    );
  });
});

describe("XboxOneDecoder", () => {
  it.each<[string, XboxButton[]]>([
    ["00 00", []],
    // Which the maker uses for pairing and the like.
    ["03 00", []],
    ["04 00", ["menu"]],
    ["08 00", ["view"]],
    ["10 00", ["a"]],
    ["20 00", ["b"]],
    ["40 00", ["x"]],
    ["80 00", ["y"]],
    ["00 01", ["up"]],
    ["00 02", ["down"]],
    ["00 04", ["left"]],
    ["00 08", ["right"]],
    ["00 10", ["leftBumper"]],
    ["00 20", ["rightBumper"]],
    ["00 40", ["leftStick"]],
    ["00 80", ["rightStick"]],
  ])("reads the buttons %s", (buttons, pressed) => {
    expect([...read(input(buttons))[0]!.pressed]).toEqual(pressed);
  });

  it("reads triggers of ten bits and sticks", () => {
    expect(read(input("00 00", "FF 03 00 02 00 80 00 80 FF 7F FF 7F"))[0]).toMatchObject({
      leftTrigger: 1,
      rightTrigger: 0x200 / 0x3ff,
      leftStick: { x: -1, y: 1 },
      rightStick: { x: 1, y: -1 },
    });
  });

  it("keeps the guide button, which comes in messages of its own", () => {
    const states = read(bytes("07 20 01 02 01 5B"), input("10 00"), bytes("07 20 02 02 00 5B"));
    expect(states.map((state) => [...state!.pressed])).toEqual([["guide"], ["a", "guide"], ["a"]]);
  });

  it.each([
    [15, 14, true],
    [32, 14, true],
    [32, 18, false],
    [43, 14, true],
    [44, 18, true],
    [44, 14, false],
    [46, 18, true],
    [14, 13, false],
  ])(
    "reads the share button of a payload of %i bytes: bit 0 of byte %i is %s",
    (length, offset, isPressed) => {
      const payload = Array.from({ length }, (_, index) => (index === offset ? 1 : 0));
      const message = parseGipMessage(Uint8Array.of(0x20, 0, 1, length, ...payload))!;
      const state = new XboxOneDecoder(true).apply(message)!;
      expect([...state.pressed]).toEqual(isPressed ? ["share"] : []);
      expect(gamepadOf(state).buttons[StandardButton.TOUCHPAD]?.pressed).toBe(isPressed);
      expect([...new XboxOneDecoder().apply(message)!.pressed]).toEqual([]);
    },
  );

  it("knows which controllers have a share button", () => {
    expect(hasShareButton({ vendorId: 0x045e, productId: 0x0b12 })).toBe(true);
    expect(hasShareButton({ vendorId: 0x2e95, productId: 0x0504 })).toBe(true);
    expect(hasShareButton({ vendorId: 0x045e, productId: 0x02ea })).toBe(false);
  });

  it("passes over other messages, and those of devices behind the controller", () => {
    expect(read(bytes("03 20 01 04 80 00 00 00"))[0]).toBeUndefined();
    expect(read(Uint8Array.of(0x20, 0x01, 5, 14, ...new Uint8Array(14)))).toEqual([undefined]);
  });

  it("takes what is missing of a message for 0", () => {
    const [input, guide, nothing] = read(
      bytes("20 00 05 02 10 00"),
      bytes("07 20 01 01 01"),
      bytes("07 20 01 00"),
    );
    expect(input).toMatchObject({ leftTrigger: 0, rightStick: { x: 0, y: 0 } });
    expect([input, guide, nothing].map((state) => [...state!.pressed])).toEqual([
      ["a"],
      ["a", "guide"],
      ["a"],
    ]);
  });
});

describe("messages to an Xbox One controller", () => {
  it("start it", () => {
    let sequence = 6;
    const start = (productId: number) =>
      xboxOneStart({ vendorId: 0x045e, productId }, () => {
        sequence += 1;
        return sequence;
      });
    expect(start(0x02dd)).toEqual(["05 20 07 01 00", "0A 20 08 03 00 01 14", "06 20 09 02 01 00"].map(bytes));
    expect(start(0x02ea)).toEqual(
      ["05 20 0A 01 00", "05 20 0B 0F 06", "0A 20 0C 03 00 01 14", "06 20 0D 02 01 00"].map(bytes),
    );
  });

  it.each([
    ["PowerA", 0x24c6, 0x541a],
    ["PowerA", 0x24c6, 0x542a],
    ["PowerA", 0x24c6, 0x543a],
    ["Microsoft", 0x045e, 0x02d1],
  ])("start %s's %i:%i with a rumble that begins and ends at once", (_, vendorId, productId) => {
    const start = xboxOneStart({ vendorId, productId }, () => 1);
    expect(start).toHaveLength(5);
    expect(start.slice(3)).toEqual(
      ["09 00 01 09 00 0F 00 00 1D 1D FF 00 00", "09 00 01 09 00 0F 00 00 00 00 00 00 00"].map(bytes),
    );
  });

  it.each([
    ["Hori", 0x0f0d, 0x0067],
    ["PDP", 0x0e6f, 0x0165],
    ["RedOctane", 0x1430, 0x079b],
  ])("start %s's %i:%i after an acknowledged identify", (_, vendorId, productId) => {
    const [first, ...rest] = xboxOneStart({ vendorId, productId }, () => 1);
    expect(first).toEqual(bytes("01 20 01 09 00 04 20 3A 00 00 00 80 00"));
    expect(rest.map(([command]) => command)).toEqual([0x05, 0x0a, 0x06]);
  });

  it("set the light", () => {
    expect(buildXboxOneLight(0x101, XboxOneLight.OFF, 0)).toEqual(bytes("0A 20 01 03 00 00 00"));
    expect(() => buildXboxOneLight(0, XboxOneLight.ON, 48)).toThrow(RangeError);
  });

  it("turn the motors of grips and triggers", () => {
    expect(buildXboxOneRumble(3, { strong: 1, weak: 0.5, leftTrigger: 0.25, rightTrigger: 0 })).toEqual(
      bytes("09 00 03 09 00 0F 19 00 64 32 FF 00 FF"),
    );
    expect(() => buildXboxOneRumble(0, { strong: 2, weak: 0 })).toThrow(RangeError);
  });

  it("acknowledge", () => {
    expect(acknowledgeGipMessage(parseGipMessage(bytes("07 30 2A 02 01 5B"))!)).toEqual(
      bytes("01 20 2A 09 00 07 20 02 00 00 00 00 00"),
    );
    const long = {
      command: GipCommand.IDENTIFY,
      client: 2,
      isInternal: true,
      needsAcknowledge: true,
      sequence: 1,
    };
    expect(acknowledgeGipMessage({ ...long, payload: new Uint8Array(0x13b) })).toEqual(
      bytes("01 22 01 09 00 04 22 3B 01 00 00 00 00"),
    );
  });
});
