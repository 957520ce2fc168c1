/** What every driver of busbar:device/sensor must do, whichever chip it drives. */

import { readFileSync } from "node:fs";
import type { DriverClass, OptionTable, SensorDriver } from "@busbar/guest";
import { type Channel, type Clock, type Reading, readComponent } from "@busbar/host";
import { VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import {
  type Bench,
  type BenchMaker,
  componentBench,
  type OpenedSensor,
  type Settings,
  sourceBench,
} from "./forms.ts";
import { NONSENSE } from "./nonsense.ts";
import { failure, type Settled, settle, strikeEach } from "./strike.ts";
import type { Garbled, TestBus, TestWiring } from "./wiring.ts";

/** A simulated chip, and what a driver must read from it. */
export interface SensorSpecimen<Target> {
  /** A new chip, just powered. */
  readonly make: (clock: Clock) => Target;
  /** One value a channel, in the quantity's unit. */
  readonly reading: Reading;
}

/** What the suite has to know of a driver. */
export interface SensorContract<
  Table extends OptionTable,
  Label extends string,
  Target,
  Given extends unknown[],
  Bus extends TestBus,
> {
  /** The driver's source. */
  readonly definition: DriverClass<Table, SensorDriver<Label>, Given>;
  /** The path of its built component. */
  readonly component: string;
  /** Where the chip is: `i2cAt(0x76)`, `onSpi()`. */
  readonly wiring: TestWiring<Target, Given, Bus>;
  /** Settings for all tests; none where left out. */
  readonly settings?: Settings;
  /** Two chips that have as little in common as the part allows: another calibration, other values. */
  readonly specimens: readonly [SensorSpecimen<Target>, SensorSpecimen<Target>];
  /** Settings that the driver must refuse, one set for each test. */
  readonly badSettings: readonly Settings[];
  /**
   * A device at the same place that is another part. Left out for a part that has nothing by which it could be told from
   * others, such as an LM75A or a BH1750: then whatever acknowledges is taken for one.
   */
  readonly wrongDevice?: (clock: Clock) => Target;
  /**
   * Faults that mean "not yet" to the driver while it waits for a measurement, or "the next one" to one whose part sends by itself:
   * where one strikes, the reading may come nevertheless. None where left out.
   */
  readonly retried?: readonly string[];
  /** Milliseconds that pass before each read that is struck, so that its measurement is there; 0 where left out. */
  readonly beforeReadMs?: number;
  /** How far a value may be off, by channel, in the quantity's unit; 0.01 where left out. */
  readonly tolerances?: Reading;
}

/** A failure, or a value of each channel inside its range. */
function expectPossible(channels: readonly Channel[], outcome: Settled<Reading>): void {
  if ("error" in outcome) return;
  for (const { label, minimum, maximum } of channels) {
    expect(outcome.value[label], label).toBeGreaterThanOrEqual(minimum);
    expect(outcome.value[label], label).toBeLessThanOrEqual(maximum);
  }
}

/** Types only. */
const ERRORS = "busbar:device/errors@0.1.0";

/**
 * Declares the tests of one driver, for its source and for its built component.
 *
 * @param name what the tests are of: "BME280", "HTS221, continuous"
 */
export function sensorContract<
  const Table extends OptionTable,
  Label extends string,
  Target,
  Given extends unknown[],
  Bus extends TestBus,
>(name: string, contract: SensorContract<Table, Label, Target, Given, Bus>): void {
  const { wiring } = contract;
  const forms: readonly (readonly [string, BenchMaker<Bus>])[] = [
    ["source", sourceBench(contract.definition, wiring)],
    ["component", componentBench(contract.component, wiring)],
  ];
  test(`${name} as a sensor: the component imports what its world declares and nothing more`, () => {
    const { imports, exports } = readComponent(readFileSync(contract.component), contract.component);
    expect(imports.map(({ name }) => name).sort()).toEqual([...wiring.imports, ERRORS].sort());
    expect(exports.map(({ name }) => name)).toContain("busbar:device/sensor@0.1.0");
  });

  describe.each(forms)(`${name} as a sensor: the %s`, (_, maker) => {
    const {
      badSettings,
      beforeReadMs = 0,
      settings = {},
      retried = [],
      specimens,
      tolerances = {},
      wrongDevice,
    } = contract;

    /** One device, "indoor", and its bus. */
    async function wire(
      own: Settings = settings,
      make: (clock: Clock) => Target = specimens[0].make,
    ): Promise<{ bench: Bench; bus: Bus; clock: VirtualClock }> {
      const clock = new VirtualClock();
      const bus = wiring.bus(make(clock), clock);
      return { bench: await maker({ indoor: { bus, settings: own } }, clock), bus, clock };
    }

    /** The same, with a chip that can be made to send nonsense. */
    async function wireNonsense() {
      const chips: Garbled<Target>[] = [];
      const { bench, clock } = await wire(settings, (clock) => {
        const chip = wiring.garbled(specimens[0].make(clock));
        chips.push(chip);
        return chip.target;
      });
      await (await bench.open("indoor")).close();
      const turns = bench.turns();
      return { bench, clock, chip: chips[0]!, turns: () => turns };
    }

    function expectReading(
      reading: Reading,
      { reading: expected }: SensorSpecimen<Target> = specimens[0],
    ): void {
      expect(Object.keys(reading).sort()).toEqual(Object.keys(expected).sort());
      for (const [label, value] of Object.entries(expected)) {
        expect(Math.abs(reading[label]! - value), label).toBeLessThanOrEqual(tolerances[label] ?? 0.01);
      }
    }

    test("says what it is and what it measures", async () => {
      const { bench } = await wire();
      await using _ = bench;
      const { info, channels, close } = await bench.open("indoor");
      expect(info.vendor).not.toBe("");
      expect(info.model).not.toBe("");
      expect(channels.length).toBeGreaterThan(0);
      expect(new Set(channels.map(({ label }) => label)).size).toBe(channels.length);
      for (const { minimum, maximum, resolution } of channels) {
        expect(minimum).toBeLessThan(maximum);
        expect(resolution).toBeGreaterThan(0);
        expect(resolution).toBeLessThan(maximum - minimum);
      }
      await close();
    });

    test("opens, reads a fresh reading each time, closes, and opens again", async () => {
      const { bench } = await wire();
      await using _ = bench;
      for (let round = 0; round < 3; round++) {
        const sensor = await bench.open("indoor");
        const first = await sensor.read();
        const second = await sensor.read();
        expectReading(first);
        expectReading(second);
        expect(second).not.toBe(first);
        for (const { label, minimum, maximum } of sensor.channels) {
          expect(first[label]).toBeGreaterThanOrEqual(minimum);
          expect(first[label]).toBeLessThanOrEqual(maximum);
        }
        await sensor.close();
      }
    });

    test.each([...badSettings, { "no-such-setting": "1" }])(
      "the bad settings %j touch no bus",
      async (bad) => {
        const { bench, bus } = await wire({ ...settings, ...bad });
        await using _ = bench;
        const { tag, val } = await failure(bench.open("indoor"));
        expect(tag).toBe("invalid-argument");
        expect(val).toMatch(/.\.$/);
        expect(bus.transactions).toBe(0);
      },
    );

    test.runIf(wrongDevice !== undefined)("another part in its place is the wrong device", async () => {
      const { bench } = await wire(settings, wrongDevice);
      await using _ = bench;
      expect((await failure(bench.open("indoor"))).tag).toBe("wrong-device");
    });

    test("no part in its place is an error", async () => {
      const { bench, bus } = await wire();
      await using _ = bench;
      bus.detach();
      const { tag, val } = await failure(bench.open("indoor"));
      expect(wiring.absent).toContain(tag);
      if (tag === "bus") expect(val).toMatchObject({ kind: "no-acknowledge-address" });
      expect(typeof val === "string" ? val : val.message).toMatch(/\S/);
    });

    test.each([...wiring.errors])(
      "%s at each transaction of open is that error, and the next open works",
      async (...fault) => {
        const { bench, bus } = await wire();
        await using _ = bench;
        let opened: OpenedSensor | undefined;
        const struck = await strikeEach(
          bus,
          fault,
          async () => {
            opened = await bench.open("indoor");
          },
          {
            // Opened although it was struck.
            after: async () => {
              await opened?.close();
              opened = undefined;
            },
            mayPass: retried.includes(fault[0]),
          },
        );
        expect(struck).toBeGreaterThan(0);
        expectReading(await opened!.read());
        await opened!.close();
      },
    );

    test.each([...wiring.errors])(
      "%s at each transaction of read is that error, and the next read works",
      async (...fault) => {
        const { bench, bus, clock } = await wire();
        await using _ = bench;
        const sensor = await bench.open("indoor");
        await sensor.read();
        const turns = bench.turns();
        const struck = await strikeEach(
          bus,
          fault,
          async () => {
            clock.advance(beforeReadMs);
            expectReading(await sensor.read());
          },
          { after: async () => expectReading(await sensor.read()), mayPass: retried.includes(fault[0]) },
        );
        expect(struck).toBeGreaterThan(0);
        expect(bench.turns()).toBe(turns);
        await sensor.close();
      },
    );

    test.each(["short", "garbage"] as const)(
      "%s data at each transaction is a value or an error, and never the end of the driver",
      async (fault) => {
        const { bench, bus } = await wire();
        await using _ = bench;
        // The first instance starts with the first open.
        await (await bench.open("indoor")).close();
        const turns = bench.turns();
        for (let transaction = 1; transaction <= 20; transaction++) {
          bus.inject({ fault, transaction, count: 1, seed: transaction });
          await settle(async () => {
            const sensor = await bench.open("indoor");
            await settle(() => sensor.read());
            await sensor.close();
          });
          bus.clearFaults();
        }
        expect(bench.turns()).toBe(turns);
        expectReading(await (await bench.open("indoor")).read());
      },
    );

    // What users see of a broken wire: held low, held high, and noise.
    test.each(NONSENSE)("data of %s is an error or a value inside its range", async (_, seeds) => {
      const { bench, chip, clock, turns } = await wireNonsense();
      await using _bench = bench;
      const sensor = await bench.open("indoor");
      await sensor.read();
      for (const seed of seeds) {
        chip.garble(seed);
        clock.advance(beforeReadMs);
        expectPossible(sensor.channels, await settle(() => sensor.read()));
      }
      chip.mend();
      clock.advance(beforeReadMs);
      // What a failed measurement left may be the next reading, but not for ever.
      await settle(() => sensor.read());
      expectReading(await sensor.read());
      expect(bench.turns()).toBe(turns());
    });

    test.each(NONSENSE)(
      "data of %s while it opens ends in an error, or in values inside their ranges",
      async (_, seeds) => {
        const { bench, chip } = await wireNonsense();
        await using _bench = bench;
        for (const seed of seeds) {
          chip.garble(seed);
          const opened = await settle(() => bench.open("indoor"));
          if ("error" in opened) continue;
          expectPossible(opened.value.channels, await settle(() => opened.value.read()));
          await opened.value.close();
        }
        chip.mend();
        expectReading(await (await bench.open("indoor")).read());
      },
    );

    test("one garbled read while it opens is an error, or spoils no reading", async () => {
      const { bench, bus } = await wire();
      await using _ = bench;
      for (let transaction = 1; transaction <= 20; transaction++) {
        for (let seed = 1; seed <= 4; seed++) {
          bus.inject({ fault: "garbage", transaction, count: 1, seed });
          const opened = await settle(() => bench.open("indoor"));
          bus.clearFaults();
          if ("error" in opened) continue;
          expectReading(await opened.value.read());
          await opened.value.close();
        }
      }
    });

    test("closing twice is legal; after it a read is disconnected and touches no bus", async () => {
      const { bench, bus } = await wire();
      await using _ = bench;
      const sensor = await bench.open("indoor");
      await sensor.read();
      await sensor.close();
      const { transactions } = bus;
      await sensor.close();
      expect((await failure(sensor.read())).tag).toBe("disconnected");
      expect(bus.transactions).toBe(transactions);
    });

    test("closing does not mind a part that is gone, and the part works when it is back", async () => {
      const { bench, bus } = await wire();
      await using _ = bench;
      const sensor = await bench.open("indoor");
      bus.inject({ fault: wiring.goneFault, every: 1 });
      await sensor.close();
      bus.clearFaults();
      expectReading(await (await bench.open("indoor")).read());
    });

    test("two devices share nothing", async () => {
      const clock = new VirtualClock();
      const buses = specimens.map(({ make }) => wiring.bus(make(clock), clock));
      const devices = { first: { bus: buses[0]!, settings }, second: { bus: buses[1]!, settings } };
      await using bench = await maker(devices, clock);
      const first = await bench.open("first");
      const second = await bench.open("second");
      for (let round = 0; round < 3; round++) {
        expectReading(await first.read(), specimens[0]);
        expectReading(await second.read(), specimens[1]);
      }
      buses[0]!.inject({ fault: wiring.goneFault, every: 1 });
      expect((await failure(first.read())).tag).toBe("bus");
      expectReading(await second.read(), specimens[1]);
      buses[0]!.clearFaults();
      await second.close();
      expectReading(await first.read(), specimens[0]);
      await first.close();
    });
  });
}
