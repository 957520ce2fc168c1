import { busFaults, payload } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import type { HT16K33Options } from "../src/ht16k33.ts";
import { closed, frame, opened, play } from "./play.ts";
import vectors from "./vectors/ht16k33.json" with { type: "json" };

const hello = frame("74 00 7b 00 00 00 30 00 5c");

describe("a display", () => {
  test("starts, shows, and is dark and asleep afterwards", () => {
    play([...opened(), hello, ...closed], (open, { waits }) => {
      const display = open();
      expect(display.info).toEqual({ vendor: "Holtek", model: "HT16K33" });
      expect(display.size).toEqual({ rows: 1, columns: 4 });
      display.write(0, 0, "helo");
      display.close();
      expect(waits).toEqual([]);
    });
  });

  test.each(vectors.texts)("vector $text", ({ text, write_hex }) => {
    play([...opened(), frame(write_hex.slice(2))], (open) => open().write(0, 0, text));
  });

  test("vector 12:00, the colon only where the backpack has it", () => {
    const { write_hex } = vectors.frames.find(({ text }) => text === "12:00")!;
    play([...opened(), frame(write_hex.slice(2).replace("ff", "02"))], (open) => open().write(0, 0, "12:00"));
  });

  test("vectors of one digit and of letters", () => {
    const [digit, , letters] = vectors.frames.map(({ write_hex }) => frame(write_hex.slice(2)));
    play([...opened(), digit!, letters!], (open) => {
      const display = open();
      display.write(0, 0, "1");
      display.write(0, 0, "hola");
    });
  });

  test("vectors of commands", () => {
    const codes = Object.fromEntries(
      vectors.commands.map(({ command, bytes_hex }) => [command, Number.parseInt(bytes_hex, 16)]),
    );
    const expected = opened({
      dimming: codes["brightness 15 (16/16)"]!,
      on: codes["display on, no blink"]!,
    });
    expect(expected[0]).toEqual({ write: [codes["oscillator on"]] });
    play([...expected, { write: [codes["display on, blink 0.5 Hz"]!] }], (open) => open().setBlinkRate(0.5));
  });

  test("keeps what is beside a text, and the colon unless column 1 is written", () => {
    play(
      [
        ...opened(),
        frame("06 00 5b 00 02 00 4f 00 3f"),
        frame("06 00 5b 00 02 00 4f 00 6d"),
        frame("06 00 5b 00 02 00 3f 00 3f"),
        frame("06 00 4f 00 00 00 3f 00 3f"),
        frame("06 00 4f 00 02 00 3f 00 3f"),
        frame(),
      ],
      (open) => {
        const display = open();
        display.write(0, 0, "12:30");
        display.write(0, 3, "5");
        display.write(0, 2, "00");
        display.write(0, 1, "3");
        display.write(0, 1, "3:");
        display.clear();
      },
    );
  });

  test.each([
    [0, 0, "12345"],
    [0, 2, "123"],
    [0, 4, ""],
    [1, 0, "1"],
    [0, 0, "1x"],
    [0, 0, "1:23"],
  ])("row %i, column %i, %j is refused, and nothing reaches the bus", (row, column, text) => {
    play(opened(), (open) => {
      const display = open();
      expect(payload(() => display.write(row, column, text)).tag).toBe("invalid-argument");
    });
  });

  test("has no custom characters", () => {
    play(opened(), (open) => expect(payload(() => open().defineCharacter(0, [])).tag).toBe("unsupported"));
  });
});

describe("brightness and blinking", () => {
  test("in sixteenths; dark is off, and bright again is on, blinking as before", () => {
    const commands = [0xe7, 0xe0, 0x85, 0x80, 0xef, 0x87, 0x81].map((command) => ({ write: [command] }));
    play([...opened(), ...commands], (open) => {
      const display = open();
      display.setBrightness(0.5);
      display.setBrightness(0.001);
      display.setBlinkRate(1);
      display.setBrightness(0);
      display.setBlinkRate(0.5);
      display.setBrightness(1);
      display.setBlinkRate(0);
    });
  });

  test.each([-1, 1.01, Number.NaN])("brightness %d is refused", (brightness) => {
    play(opened(), (open) => {
      const display = open();
      expect(payload(() => display.setBrightness(brightness)).tag).toBe("invalid-argument");
    });
  });

  test.each([3, -1, Number.NaN])("blinking with %d hertz is refused", (hertz) => {
    play(opened(), (open) => {
      const display = open();
      expect(payload(() => display.setBlinkRate(hertz)).tag).toBe("invalid-argument");
    });
  });
});

describe("options", () => {
  test.each([
    [{ brightness: 1 }, { dimming: 0xe0 }],
    [{ brightness: 16 }, { dimming: 0xef }],
    [{ blinkHz: 2 }, { on: 0x83 }],
    [{ blinkHz: 1 }, { on: 0x85 }],
    [{ blinkHz: 0.5 }, { on: 0x87 }],
  ] as const)("%o", (options, commands) => {
    play(opened(commands), (open) => open(options));
  });

  test("to keep the text when it is closed", () => {
    play(opened(), (open) => open({ afterClose: "keep" }).close());
  });

  test.each([{ brightness: 0 }, { brightness: 17 }, { blinkHz: 3 }, { afterClose: "on" }, { digits: 4 }])(
    "%o is refused, and nothing reaches the bus",
    (options) => {
      play([], (open) =>
        expect(payload(() => open(options as Partial<HT16K33Options>)).tag).toBe("invalid-argument"),
      );
    },
  );
});

describe("bus errors", () => {
  const codes = busFaults.map(({ kind, code }) => [kind, code] as const);
  const open = opened();

  test.each(open.flatMap((_, index) => codes.map(([kind, code]) => [index, kind, code] as const)))(
    "transaction %i of open fails with %s, and the next open works",
    (index, kind, code) => {
      play([...failAt(open, index, code), ...open, hello], (openDisplay) => {
        expect(payload(() => openDisplay())).toMatchObject({ tag: "bus", val: { kind } });
        openDisplay().write(0, 0, "helo");
      });
    },
  );

  test.each(codes)(
    "a write fails with %s; the lost text does not come back with the next one",
    (kind, code) => {
      const lost = { ...frame("7f 00 7f 00 00 00 7f 00 7f"), error: code };
      play([...open, hello, lost, frame("74 00 7b 00 00 00 30 00 06")], (openDisplay) => {
        const display = openDisplay();
        display.write(0, 0, "helo");
        expect(payload(() => display.write(0, 0, "8888"))).toMatchObject({ tag: "bus", val: { kind } });
        display.write(0, 3, "1");
      });
    },
  );

  test("of the other commands are errors, and change nothing that the driver knows", () => {
    const error = { tag: "overrun" } as const;
    const failing = [
      { write: [0x85], error },
      { write: [0x80], error },
      { write: [0xe7], error },
      { ...frame(), error },
    ];
    // Not dark, so that a new brightness does not switch it on; and the old rate, once it is.
    play(
      [...open, ...failing, { write: [0xe7] }, { write: [0x80] }, { write: [0xef] }, { write: [0x81] }],
      (openDisplay) => {
        const display = openDisplay();
        for (const use of [
          () => display.setBlinkRate(1),
          () => display.setBrightness(0),
          () => display.setBrightness(0.5),
          () => display.clear(),
        ]) {
          expect(payload(use)).toMatchObject({ tag: "bus", val: { kind: "overrun" } });
        }
        display.setBrightness(0.5);
        display.setBrightness(0);
        display.setBrightness(1);
      },
    );
  });

  test("say what the driver was doing", () => {
    play(failAt(open, 3, { tag: "no-acknowledge", val: "data" }), (openDisplay) => {
      expect(payload(() => openDisplay())).toEqual({
        tag: "bus",
        val: { kind: "no-acknowledge-data", message: "writing the display RAM of the HT16K33 at 0x70" },
      });
    });
  });
});

describe("close", () => {
  test("twice is legal, and nothing works afterwards", () => {
    play([...opened(), ...closed], (open) => {
      const display = open();
      display.close();
      display.close();
      for (const use of [
        () => display.write(0, 0, "1"),
        () => display.clear(),
        () => display.setBrightness(1),
        () => display.setBlinkRate(0),
        () => display.defineCharacter(0, []),
      ]) {
        expect(payload(use)).toEqual({
          tag: "disconnected",
          val: "The HT16K33 at 0x70 is closed; open it again.",
        });
      }
    });
  });

  test.each([0, 1])("does not mind a part that is gone at transaction %i", (index) => {
    play([...opened(), ...failAt(closed, index, { tag: "no-acknowledge", val: "address" })], (open) => {
      expect(() => open().close()).not.toThrow();
    });
  });
});
