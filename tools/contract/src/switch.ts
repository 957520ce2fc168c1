/** What every driver of busbar:device/switch on a GPIO line must do, whatever it switches. */

import type { SimulatedGpioChip } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import type { Settings } from "./forms.ts";
import { type BenchLine, expectGpioWorld, type GpioBench, gpioBench } from "./gpio-bench.ts";
import { failure } from "./strike.ts";

/** What the suite has to know of a driver. */
export interface SwitchContract {
  /** The path of its built component. */
  readonly component: string;
  /** Its lines; the first is the output that switches. */
  readonly lines: Readonly<Record<string, BenchLine>>;
  /** Whether what it switches is on, as the world sees it. */
  readonly isOn: (chip: SimulatedGpioChip) => boolean;
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
}

/** Declares the tests of one driver. */
export function switchContract(name: string, contract: SwitchContract): void {
  const { badSettings, component, isOn, lines } = contract;
  const [outputName, output] = Object.entries(lines)[0]!;
  const bench = (settings: Settings = {}): Promise<GpioBench> => gpioBench({ component, lines, settings });

  describe(`${name} as a switch`, () => {
    test("the component imports what its world declares and nothing more", () => {
      expectGpioWorld(component, "busbar:device/switch@0.1.0");
    });

    test("says what it is, and is off", async () => {
      await using wired = await bench();
      await using opened = await wired.board.switch("subject");
      expect(opened.info.model).not.toBe("");
      expect([await opened.isOn(), isOn(wired.chip)]).toEqual([false, false]);
    });

    test("is what it is set to, however often", async () => {
      await using wired = await bench();
      await using opened = await wired.board.switch("subject");
      for (const on of [true, true, false, true, false, false]) {
        await opened.set(on);
        expect([await opened.isOn(), isOn(wired.chip)]).toEqual([on, on]);
      }
    });

    test("is off when it is closed, and can be opened again", async () => {
      await using wired = await bench();
      for (let round = 0; round < 2; round += 1) {
        const opened = await wired.board.switch("subject");
        await opened.set(true);
        await opened[Symbol.asyncDispose]();
        await opened[Symbol.asyncDispose]();
        expect(isOn(wired.chip)).toBe(false);
        expect(await failure(opened.set(true))).toMatchObject({ tag: "disconnected" });
      }
    });

    test("is off when the board is closed while it is on", async () => {
      const wired = await bench();
      await (await wired.board.switch("subject")).set(true);
      expect(isOn(wired.chip)).toBe(true);
      await wired[Symbol.asyncDispose]();
      expect(isOn(wired.chip)).toBe(false);
    });

    test("a line that fails is an error, and the next call works", async () => {
      await using wired = await bench();
      await using opened = await wired.board.switch("subject");
      wired.chip.inject(output.line, { fault: "hardware-fault" });
      expect(await failure(opened.set(true))).toMatchObject({ tag: "bus" });
      await opened.set(true);
      expect(isOn(wired.chip)).toBe(true);
    });

    test("a line that fails while it is opened is an error, and it can be opened again", async () => {
      await using wired = await bench();
      wired.chip.inject(output.line, { fault: "hardware-fault" });
      expect(await failure(wired.board.switch("subject"))).toMatchObject({ tag: "bus" });
      await using opened = await wired.board.switch("subject");
      expect(await opened.isOn()).toBe(false);
    });

    test("a line that is not granted as an output is refused", async () => {
      const narrowed = { ...lines, [outputName]: { ...output, direction: "in" as const } };
      await using wired = await gpioBench({ component, lines: narrowed });
      expect(await failure(wired.board.switch("subject"))).toMatchObject({ tag: "access-denied" });
      expect(wired.events).toContainEqual(expect.objectContaining({ kind: "denied", denied: "direction" }));
    });

    test.each(badSettings.map((settings) => [JSON.stringify(settings), settings]))(
      "refuses the settings %s",
      async (_, settings) => {
        await using wired = await bench(settings as Settings);
        expect(await failure(wired.board.switch("subject"))).toMatchObject({ tag: "invalid-argument" });
      },
    );
  });
}
