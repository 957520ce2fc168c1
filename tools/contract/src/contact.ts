/** What every driver of busbar:device/contact on a GPIO line must do, whatever it touches. */

import type { SimulatedGpioChip } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import type { Settings } from "./forms.ts";
import { type BenchLine, expectGpioWorld, type GpioBench, gpioBench } from "./gpio-bench.ts";
import { failure } from "./strike.ts";

/** What the suite has to know of a driver. */
export interface ContactContract {
  /** The path of its built component. */
  readonly component: string;
  /** Its lines; the first is the input of the contact. */
  readonly lines: Readonly<Record<string, BenchLine>>;
  /** Closes it or opens it, as a finger does. */
  readonly press: (chip: SimulatedGpioChip, closed: boolean) => void;
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
}

/** Declares the tests of one driver. */
export function contactContract(name: string, contract: ContactContract): void {
  const { badSettings, component, lines, press } = contract;
  const [inputName, input] = Object.entries(lines)[0]!;
  const bench = (settings: Settings = {}): Promise<GpioBench> => gpioBench({ component, lines, settings });

  describe(`${name} as a contact`, () => {
    test("the component imports what its world declares and nothing more", () => {
      expectGpioWorld(component, "busbar:device/contact@0.1.0");
    });

    test.each([false, true])(
      "says what it is, and whether it is closed from the start: %s",
      async (closed) => {
        await using wired = await bench();
        press(wired.chip, closed);
        await using opened = await wired.board.contact("subject");
        expect(opened.info.model).not.toBe("");
        expect(await opened.isClosed()).toBe(closed);
        expect(await opened.nextChanges({ timeoutMs: 0 })).toEqual({ changes: [], lost: false });
      },
    );

    test("tells each change with its time, also of those that came while nobody waited", async () => {
      await using wired = await bench();
      await using opened = await wired.board.contact("subject");
      press(wired.chip, true);
      wired.clock.advance(30);
      press(wired.chip, false);
      const { changes, lost } = await opened.nextChanges();
      expect(changes.map(({ closed }) => closed)).toEqual([true, false]);
      expect([changes[1]!.timeMs - changes[0]!.timeMs, lost]).toEqual([30, false]);
      expect(await opened.nextChanges({ timeoutMs: 0 })).toEqual({ changes: [], lost: false });
    });

    test("waits for a change, no longer than it is told to", async () => {
      await using wired = await bench();
      const { clock } = wired;
      await using opened = await wired.board.contact("subject");
      const beginMs = clock.now();
      expect(await opened.nextChanges({ timeoutMs: 2500 })).toEqual({ changes: [], lost: false });
      expect(clock.now() - beginMs).toBe(2500);
      void clock.sleep(40).then(() => press(wired.chip, true));
      expect((await opened.nextChanges({ timeoutMs: 2500 })).changes).toEqual([
        { closed: true, timeMs: beginMs + 2540 },
      ]);
      expect(clock.now() - beginMs).toBe(2540);
    });

    test("a question does not wait for a long wait", async () => {
      await using wired = await bench();
      await using opened = await wired.board.contact("subject");
      const end = new AbortController();
      const waiting = opened.nextChanges({ signal: end.signal });
      const asked = opened.isClosed();
      end.abort(new Error("enough"));
      expect(await asked).toBe(false);
      await expect(waiting).rejects.toThrow("enough");
      expect(wired.clock.now()).toBe(0);
    });

    test("the newest 1024 changes are kept, and it says that others were lost", async () => {
      await using wired = await bench();
      await using opened = await wired.board.contact("subject");
      for (let count = 0; count < 1500; count += 1) press(wired.chip, count % 2 === 0);
      const { changes, lost } = await opened.nextChanges();
      expect(changes.length).toBeGreaterThanOrEqual(1024);
      expect([changes.at(-1)!.closed, lost]).toEqual([false, true]);
    });

    test("is nothing any more once it is closed, and can be opened again", async () => {
      await using wired = await bench();
      for (let round = 0; round < 2; round += 1) {
        const opened = await wired.board.contact("subject");
        expect(await opened.isClosed()).toBe(false);
        await opened[Symbol.asyncDispose]();
        await opened[Symbol.asyncDispose]();
        expect(await failure(opened.isClosed())).toMatchObject({ tag: "disconnected" });
      }
    });

    test("a line that fails is an error, and the next call works", async () => {
      await using wired = await bench();
      await using opened = await wired.board.contact("subject");
      wired.chip.inject(input.line, { fault: "hardware-fault" });
      expect(await failure(opened.isClosed())).toMatchObject({ tag: "bus" });
      expect(await opened.isClosed()).toBe(false);
    });

    test("a line that is not granted as an input is refused", async () => {
      const { debounceMs: _, ...line } = input;
      const narrowed = { ...lines, [inputName]: { ...line, direction: "out" as const } };
      await using wired = await gpioBench({ component, lines: narrowed });
      expect(await failure(wired.board.contact("subject"))).toMatchObject({ tag: "access-denied" });
      expect(wired.events).toContainEqual(expect.objectContaining({ kind: "denied", denied: "direction" }));
    });

    test.each(badSettings.map((settings) => [JSON.stringify(settings), settings]))(
      "refuses the settings %s",
      async (_, settings) => {
        await using wired = await bench(settings as Settings);
        expect(await failure(wired.board.contact("subject"))).toMatchObject({ tag: "invalid-argument" });
      },
    );
  });
}
