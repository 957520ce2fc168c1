import { busFaults, payload } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { again, closed, instructions, opened, play, text } from "./play.ts";

const codes = busFaults.map(({ kind, code }) => [kind, code] as const);

const open = opened();
const row = text(0x00, "sixteen letters!");

describe("bus errors", () => {
  test.each(open.flatMap((_, index) => codes.map(([kind, code]) => [index, kind, code] as const)))(
    "transaction %i of open fails with %s, and the next open works",
    (index, kind, code) => {
      play([...failAt(open, index, code), ...open, ...row], (openDisplay) => {
        expect(payload(() => openDisplay())).toMatchObject({ tag: "bus", val: { kind } });
        openDisplay().write(0, 0, "sixteen letters!");
      });
    },
  );

  test.each(row.flatMap((_, index) => codes.map(([kind, code]) => [index, kind, code] as const)))(
    "transaction %i of write fails with %s, and the next write gets in step first",
    (index, kind, code) => {
      play([...open, ...failAt(row, index, code), ...again, ...row, ...row], (openDisplay, { waits }) => {
        const display = openDisplay();
        expect(payload(() => display.write(0, 0, "sixteen letters!"))).toMatchObject({
          tag: "bus",
          val: { kind },
        });
        const before = waits.length;
        display.write(0, 0, "sixteen letters!");
        expect(waits.slice(before).map(({ ms }) => ms)).toEqual([2.2, 4.2, 0.11, 0.11]);
        display.write(0, 0, "sixteen letters!");
        expect(waits).toHaveLength(before + 4);
      });
    },
  );

  test.each(again.map((_, index) => index))("transaction %i of getting in step fails, too", (index) => {
    const error = { tag: "overrun" } as const;
    play(
      [...open, ...failAt(row, 0, error), ...failAt(again, index, error), ...again, ...row],
      (openDisplay) => {
        const display = openDisplay();
        for (let attempt = 0; attempt < 2; attempt += 1) {
          expect(payload(() => display.write(0, 0, "sixteen letters!"))).toMatchObject({ tag: "bus" });
        }
        display.write(0, 0, "sixteen letters!");
      },
    );
  });

  test("of all other calls are errors as well", () => {
    const error = { tag: "no-acknowledge", val: "data" } as const;
    const [drawing] = text(0x00, [0, 0, 0, 0, 0]) as [{ write: number[] }];
    const draw = { write: [...(instructions(0x40) as { write: number[] }).write, ...drawing.write.slice(5)] };
    const expected = [
      { ...instructions(0x01), error },
      ...again,
      { ...draw, error },
      { write: [0x00], error },
      // Still lit: the light did not change.
      ...again,
      ...text(0x00, "x"),
    ];
    play([...open, ...expected], (openDisplay) => {
      const display = openDisplay();
      for (const use of [
        () => display.clear(),
        () => display.defineCharacter(0, Array(8).fill(0)),
        () => display.setBrightness(0),
      ]) {
        expect(payload(use)).toMatchObject({ tag: "bus", val: { kind: "no-acknowledge-data" } });
      }
      display.write(0, 0, "x");
    });
  });

  test("say what the driver was doing", () => {
    play([...open, ...failAt(row, 1, { tag: "no-acknowledge", val: "data" })], (openDisplay) => {
      const display = openDisplay();
      expect(payload(() => display.write(0, 0, "sixteen letters!"))).toEqual({
        tag: "bus",
        val: { kind: "no-acknowledge-data", message: "writing text on the HD44780 at 0x27" },
      });
    });
  });
});

describe("close", () => {
  test("twice is legal, and nothing works afterwards", () => {
    play([...open, closed], (openDisplay) => {
      const display = openDisplay();
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
          val: "The HD44780 at 0x27 is closed; open it again.",
        });
      }
    });
  });

  test("does not mind a part that is gone", () => {
    play([...open, ...failAt([closed], 0, { tag: "no-acknowledge", val: "address" })], (openDisplay) => {
      expect(() => openDisplay().close()).not.toThrow();
    });
  });

  test("out of step only switches the light off, without a wait", () => {
    play([...open, ...failAt(row, 0, { tag: "bus" }), { write: [0x00] }], (openDisplay, { waits }) => {
      const display = openDisplay();
      expect(() => display.write(0, 0, "sixteen letters!")).toThrow();
      const before = waits.length;
      display.close();
      expect(waits).toHaveLength(before);
    });
  });
});
