/** The driver class on recorded transactions: exact bytes, and a fault at each. */

import { payload, strikes } from "@busbar/contract";
import { failAt } from "@busbar/guest/playback";
import { expect, test } from "vitest";
import { closed, opened, play, text } from "./chip.ts";

test("opens, shows texts, clears, and is switched off", () => {
  const expected = [...opened(), text(0x80, "21.5 C"), text(0xca, "45 %"), { write: [0x01] }, closed];
  play(expected, (open, { waits }) => {
    const display = open();
    display.write(0, 0, "21.5 C");
    display.write(1, 10, "45 %");
    display.clear();
    display.close();
    display.close();
    expect(payload(() => display.clear()).tag).toBe("disconnected");
    expect(waits.map(({ ms }) => ms)).toEqual([2, 2]);
  });
});

test("brightness is in fifteenths, and 0 is dark", () => {
  const expected = [0x48, 0x08, 0x41, 0x0f].map((byte) => ({ write: [byte] }));
  play([...opened({ brightness: 3 }), ...expected], (open) => {
    const display = open({ brightness: 3 });
    display.setBrightness(0.5);
    display.setBrightness(0);
    display.setBrightness(0.01);
  });
});

test("what the part cannot show is refused as a whole", () => {
  play(opened(), (open) => {
    expect(payload(() => open().write(0, 0, "21 °C"))).toEqual({
      tag: "invalid-argument",
      val: expect.stringMatching(/cannot show "°" \(U\+00B0\)/),
    });
  });
});

test.each(strikes(opened()))("transaction %i of open fails with %s", (index, kind, code) => {
  play([...failAt(opened(), index, code), ...opened()], (open) => {
    expect(payload(() => open())).toMatchObject({ tag: "bus", val: { kind } });
    open();
  });
});

test.each(strikes([closed]))("transaction %i of write fails with %s", (_, kind, code) => {
  const written = text(0x80, "1");
  play([...opened(), ...failAt([written], 0, code), written], (open) => {
    const display = open();
    expect(payload(() => display.write(0, 0, "1"))).toMatchObject({ tag: "bus", val: { kind } });
    display.write(0, 0, "1");
  });
});
