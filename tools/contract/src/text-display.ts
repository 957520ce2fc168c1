/** What every driver of busbar:device/text-display must do, whichever chip it drives. */

import type { DriverClass, OptionTable, TextDisplayDriver } from "@busbar/guest";
import type { Clock } from "@busbar/host";
import { VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import type { Bench, BenchMaker, Settings } from "./forms.ts";
import { randomOf } from "./random.ts";
import { failure, settle, strikeEach } from "./strike.ts";
import { componentDisplays, type OpenedTextDisplay, sourceDisplays } from "./text-display-forms.ts";
import type { TestBus, TestWiring } from "./wiring.ts";

/** A text that fits into row 0, and what a person then sees: the model's `render`. */
export interface ShownText {
  readonly text: string;
  readonly picture: string;
}

/** What the suite has to know of a driver. */
export interface TextDisplayContract<
  Table extends OptionTable,
  Target,
  Given extends unknown[],
  Bus extends TestBus,
> {
  /** The driver's source. */
  readonly definition: DriverClass<Table, TextDisplayDriver, Given>;
  /** The path of its built component. */
  readonly component: string;
  /** Where the display is: `i2cAt(0x27)`. */
  readonly wiring: TestWiring<Target, Given, Bus>;
  /** Settings for all tests; none where left out. */
  readonly settings?: Settings;
  /** A new display, just powered. */
  readonly make: (clock: Clock) => Target;
  /** What a person sees of an opened display without a text. */
  readonly blank: string;
  /** Two texts that look different and are equally wide, so that each replaces the other. */
  readonly texts: readonly [ShownText, ShownText];
  /** Texts that are short enough, but that the display cannot show. */
  readonly unshowable: readonly string[];
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
  /** Whether nothing ever comes back over the wires, an acknowledge neither: then nothing shows that no part is there. */
  readonly isOnlyWritten?: boolean;
}

/** Places and texts that may or may not be possible, the same for the same seed. */
function anyText(seed: number): { readonly row: number; readonly column: number; readonly text: string } {
  const random = randomOf(seed);
  const ranges = [
    [0x20, 0x7e],
    [0x20, 0x7e],
    [0x30, 0x39],
    [0x00, 0x2fff],
    [0xe000, 0xe010],
  ] as const;
  const characters = Array.from({ length: random(12) }, () => {
    const [first, last] = ranges[random(seed % 3 === 0 ? ranges.length : 3)]!;
    return String.fromCodePoint(first + random(last - first + 1));
  });
  return { row: random(5), column: random(24), text: characters.join("") };
}

/**
 * Declares the tests of one driver, for its source and for its built component.
 *
 * @param name what the tests are of: "HD44780, 20x4"
 */
export function textDisplayContract<
  const Table extends OptionTable,
  Target,
  Given extends unknown[],
  Bus extends TestBus,
>(name: string, contract: TextDisplayContract<Table, Target, Given, Bus>): void {
  const { wiring } = contract;
  const forms: readonly (readonly [string, BenchMaker<Bus, OpenedTextDisplay>])[] = [
    ["source", sourceDisplays(contract.definition, wiring)],
    ["component", componentDisplays(contract.component, wiring)],
  ];
  describe.each(forms)(`${name} as a text display: the %s`, (_, maker) => {
    const { badSettings, blank, make, settings = {}, texts, unshowable } = contract;
    const [first, second] = texts;

    /** One device, "panel", and its bus. */
    async function wire(
      own: Settings = settings,
    ): Promise<{ bench: Bench<OpenedTextDisplay>; bus: Bus; picture: () => string }> {
      const clock = new VirtualClock();
      const bus = wiring.bus(make(clock), clock);
      const bench = await maker({ panel: { bus, settings: own } }, clock);
      return { bench, bus, picture: () => bus.picture! };
    }

    /** Every call that reaches the bus, with arguments that are right. */
    function calls(display: OpenedTextDisplay): [string, () => Promise<void>][] {
      const { blinkRates, brightnessLevels, customCharacters } = display.capabilities;
      const list: [string, () => Promise<void>][] = [
        ["write", () => display.write(0, 0, first.text)],
        ["clear", () => display.clear()],
      ];
      if (brightnessLevels > 0) list.push(["setBrightness", () => display.setBrightness(1)]);
      if (blinkRates.length > 0) list.push(["setBlinkRate", () => display.setBlinkRate(0)]);
      if (customCharacters !== undefined) {
        const rows = Array<number>(customCharacters.rows).fill(1);
        list.push(["defineCharacter", () => display.defineCharacter(0, rows)]);
      }
      return list;
    }

    test("says what it is, how large it is and what it can do", async () => {
      const { bench } = await wire();
      await using _ = bench;
      const { info, size, capabilities, close } = await bench.open("panel");
      expect([info.vendor, info.model]).not.toContain("");
      for (const count of [size.rows, size.columns]) {
        expect(Number.isInteger(count)).toBe(true);
        expect(count).toBeGreaterThan(0);
      }
      expect(capabilities.brightnessLevels).toBeGreaterThanOrEqual(0);
      for (const hertz of capabilities.blinkRates) expect(hertz).toBeGreaterThan(0);
      if (capabilities.customCharacters !== undefined) {
        const { count, rows, columns } = capabilities.customCharacters;
        expect(Math.min(count, rows, columns)).toBeGreaterThan(0);
        expect(columns).toBeLessThanOrEqual(8);
      }
      await close();
    });

    test("opens blank, shows, clears, closes, and opens again", async () => {
      const { bench, picture } = await wire();
      await using _ = bench;
      for (let round = 0; round < 3; round++) {
        const display = await bench.open("panel");
        expect(picture()).toBe(blank);
        for (const { text, picture: expected } of [first, second, first]) {
          await display.write(0, 0, text);
          expect(picture()).toBe(expected);
        }
        await display.clear();
        expect(picture()).toBe(blank);
        await display.write(0, 0, second.text);
        await display.close();
      }
    });

    test("spaces are dark, and take away what was there", async () => {
      const { bench, picture } = await wire();
      await using _ = bench;
      const display = await bench.open("panel");
      const { rows, columns } = display.size;
      await display.write(0, 0, first.text);
      for (let row = 0; row < rows; row++) await display.write(row, 0, " ".repeat(columns));
      expect(picture()).toBe(blank);
      await display.close();
    });

    test("any text is shown or refused, a refused one changes nothing, and none ends the driver", async () => {
      const { bench, bus, picture } = await wire();
      await using _ = bench;
      const display = await bench.open("panel");
      const turns = bench.turns();
      for (let seed = 1; seed <= 200; seed++) {
        const { row, column, text } = anyText(seed);
        const { transactions } = bus;
        const before = picture();
        const outcome = await settle(() => display.write(row, column, text));
        if (!("error" in outcome)) continue;
        expect(outcome.error).toMatchObject({ payload: { tag: "invalid-argument" } });
        expect(bus.transactions).toBe(transactions);
        expect(picture()).toBe(before);
      }
      expect(bench.turns()).toBe(turns);
      await display.clear();
      await display.write(0, 0, first.text);
      expect(picture()).toBe(first.picture);
    });

    test.each([...badSettings, { "no-such-setting": "1" }])(
      "the bad settings %j touch no bus",
      async (bad) => {
        const { bench, bus } = await wire({ ...settings, ...bad });
        await using _ = bench;
        const { tag, val } = await failure(bench.open("panel"));
        expect(tag).toBe("invalid-argument");
        expect(val).toMatch(/.\.$/);
        expect(bus.transactions).toBe(0);
      },
    );

    test("what does not fit or cannot be shown touches no bus, and nothing of it is shown", async () => {
      const { bench, bus, picture } = await wire();
      await using _ = bench;
      const display = await bench.open("panel");
      await display.write(0, 0, first.text);
      const { transactions } = bus;
      const { rows, columns } = display.size;
      const refused: [number, number, string][] = [
        [rows, 0, "1"],
        [0xffff_ffff, 0, "1"],
        [0, columns, ""],
        [0, 0xffff_ffff, "1"],
        [0, 0, "1".repeat(columns + 1)],
        [0, columns - 1, "11"],
        ...unshowable.map((text): [number, number, string] => [0, 0, text]),
      ];
      for (const [row, column, text] of refused) {
        const { tag, val } = await failure(display.write(row, column, text));
        expect(tag, JSON.stringify([row, column, text])).toBe("invalid-argument");
        expect(val).toMatch(/.\.$/);
      }
      expect(bus.transactions).toBe(transactions);
      expect(picture()).toBe(first.picture);
      await display.close();
    });

    test("does what it says that it can, and nothing else", async () => {
      const { bench, bus, picture } = await wire();
      await using _ = bench;
      const display = await bench.open("panel");
      await display.write(0, 0, first.text);
      const { blinkRates, brightnessLevels, customCharacters } = display.capabilities;

      for (let level = 0; level <= brightnessLevels && brightnessLevels > 0; level++) {
        await display.setBrightness(level / brightnessLevels);
      }
      for (const hertz of [...blinkRates, 0]) await display.setBlinkRate(hertz);
      for (let index = 0; index < (customCharacters?.count ?? 0); index++) {
        await display.defineCharacter(
          index,
          Array(customCharacters!.rows).fill(2 ** customCharacters!.columns - 1),
        );
      }
      expect(picture()).toBe(first.picture);
      if (brightnessLevels > 0) {
        await display.setBrightness(0);
        expect(picture()).not.toBe(first.picture);
        await display.setBrightness(1);
        expect(picture()).toBe(first.picture);
      }

      const { transactions } = bus;
      const rows = Array(customCharacters?.rows ?? 8).fill(0);
      const refused: [Promise<void>, boolean][] = [
        ...[-0.5, 1.5, Number.NaN].map((value): [Promise<void>, boolean] => [
          display.setBrightness(value),
          true,
        ]),
        ...[7.77, -1, Number.NaN].map((value): [Promise<void>, boolean] => [
          display.setBlinkRate(value),
          blinkRates.length > 0,
        ]),
        [display.defineCharacter(customCharacters?.count ?? 0, rows), customCharacters !== undefined],
        [display.defineCharacter(0, [...rows, 0]), customCharacters !== undefined],
      ];
      for (const [call, has] of refused) {
        expect((await failure(call)).tag).toBe(has ? "invalid-argument" : "unsupported");
      }
      expect(bus.transactions).toBe(transactions);
      await display.close();
    });

    test.skipIf(contract.isOnlyWritten)("no part in its place is an error", async () => {
      const { bench, bus } = await wire();
      await using _ = bench;
      bus.detach();
      const { tag, val } = await failure(bench.open("panel"));
      expect(wiring.absent).toContain(tag);
      if (tag === "bus") expect(val).toMatchObject({ kind: "no-acknowledge-address" });
      expect(typeof val === "string" ? val : val.message).toMatch(/\S/);
    });

    test.each([...wiring.errors])(
      "%s at each transaction of open is that error, and the next open works",
      async (...fault) => {
        const { bench, bus, picture } = await wire();
        await using _ = bench;
        let opened: OpenedTextDisplay | undefined;
        const struck = await strikeEach(bus, fault, async () => {
          opened = await bench.open("panel");
        });
        expect(struck).toBeGreaterThan(0);
        expect(picture()).toBe(blank);
        await opened!.write(0, 0, first.text);
        expect(picture()).toBe(first.picture);
        await opened!.close();
      },
    );

    test.each([...wiring.errors])(
      "%s at each transaction of each call is that error, and the next write works",
      async (...fault) => {
        const { bench, bus, picture } = await wire();
        await using _ = bench;
        const display = await bench.open("panel");
        const turns = bench.turns();
        let texts = 0;
        const after = async () => {
          const { text, picture: expected } = [first, second][texts++ % 2]!;
          await display.write(0, 0, text);
          expect(picture()).toBe(expected);
        };
        for (const [call, work] of calls(display)) {
          expect(await strikeEach(bus, fault, work, { after }), call).toBeGreaterThan(0);
        }
        expect(bench.turns()).toBe(turns);
        await display.close();
      },
    );

    test("a write cut off in the middle is an error, and the next one shows the whole text", async () => {
      const { bench, bus, picture } = await wire();
      await using _ = bench;
      const display = await bench.open("panel");
      for (let transaction = 1; transaction <= 8; transaction++) {
        bus.inject({ fault: "short", transaction });
        await settle(() => display.write(0, 0, first.text));
        bus.clearFaults();
        await display.write(0, 0, second.text);
        expect(picture()).toBe(second.picture);
      }
      await display.close();
    });

    test("closing twice is legal; after it everything is disconnected and touches no bus", async () => {
      const { bench, bus } = await wire();
      await using _ = bench;
      const display = await bench.open("panel");
      await display.write(0, 0, first.text);
      await display.close();
      const { transactions } = bus;
      await display.close();
      for (const [call, work] of calls(display))
        expect((await failure(work())).tag, call).toBe("disconnected");
      expect(bus.transactions).toBe(transactions);
    });

    test("closing does not mind a part that is gone, and the part works when it is back", async () => {
      const { bench, bus, picture } = await wire();
      await using _ = bench;
      const display = await bench.open("panel");
      bus.inject({ fault: wiring.goneFault, every: 1 });
      await display.close();
      bus.clearFaults();
      await (await bench.open("panel")).write(0, 0, first.text);
      expect(picture()).toBe(first.picture);
    });

    test("two displays share nothing", async () => {
      const clock = new VirtualClock();
      const buses = [first, second].map(() => wiring.bus(make(clock), clock));
      const devices = { left: { bus: buses[0]!, settings }, right: { bus: buses[1]!, settings } };
      await using bench = await maker(devices, clock);
      const left = await bench.open("left");
      const right = await bench.open("right");
      await left.write(0, 0, first.text);
      await right.write(0, 0, second.text);
      const pictures = () => buses.map((bus) => bus.picture);
      expect(pictures()).toEqual([first.picture, second.picture]);
      buses[0]!.inject({ fault: wiring.goneFault, every: 1 });
      expect((await failure(left.write(0, 0, second.text))).tag).toBe("bus");
      await right.clear();
      buses[0]!.clearFaults();
      expect(pictures()[1]).toBe(blank);
      await right.close();
      await left.write(0, 0, second.text);
      expect(pictures()[0]).toBe(second.picture);
      await left.close();
    });
  });
}
