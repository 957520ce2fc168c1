/** Cases of public bug reports as data: what a part does, and what a user has to see. One runner a kind. */

import type { Reading } from "@busbar/host";
import { type I2cDirection, type I2cModel, type I2cTarget, simulatedBuses, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import { componentBench, type Settings } from "./forms.ts";
import { settle } from "./strike.ts";
import { componentDisplays } from "./text-display-forms.ts";
import { I2cTestBus, i2cAt } from "./wiring-i2c.ts";

/** A case of a sensor. */
export interface SensorFaultCase {
  readonly id: string;
  /** As in the board file: "0x76". */
  readonly address: string;
  readonly settings?: Settings;
  /** The part: its model by its name, registers without behaviour, or answers to commands. */
  readonly model: { readonly kind: string };
  /** How often it is read; once where left out. */
  readonly reads?: number;
  readonly right_in_words: string;
  readonly right: {
    readonly reading?: Partial<Reading>;
    /** 0.01 where left out. */
    readonly tolerance?: number;
    readonly in_range?: boolean;
    /** Opening or reading must fail. */
    readonly error?: boolean;
    /** With one of these codes. */
    readonly code?: string | readonly string[];
    readonly same_reads?: boolean;
  };
}

/** A case of a text display. */
export interface DisplayFaultCase {
  readonly id: string;
  readonly address: string;
  readonly settings?: Settings;
  /** Row, column, text. */
  readonly write: readonly (readonly [number, number, string])[];
  readonly right_in_words: string;
  readonly right: { readonly ram_hex: string };
}

/**
 * Declares a test for each case of one driver.
 *
 * @param component the path of the built component
 * @param model of the chip, by its name in the cases; none where no case has it
 */
export function sensorFaults(
  component: string,
  cases: readonly SensorFaultCase[],
  model?: readonly [name: string, model: I2cModel],
): void {
  const models = new Map(model === undefined ? [] : [model]);
  test.each(cases)("$id: $right_in_words", async ({ address, settings = {}, model, reads = 1, right }) => {
    const clock = new VirtualClock();
    const bus = busWith(Number(address), model, models, clock);
    const maker = componentBench(component, i2cAt(Number(address)));
    await using bench = await maker({ part: { bus, settings } }, clock);
    const outcome = await settle(async () => {
      const sensor = await bench.open("part");
      const readings: Reading[] = [];
      for (let read = 0; read < reads; read += 1) readings.push(await sensor.read());
      return { sensor, readings };
    });
    if (right.error) {
      expect(outcome).toHaveProperty("error");
      const { payload } = (outcome as { error: { payload: { tag: string } } }).error;
      if (right.code !== undefined) expect([right.code].flat()).toContain(payload.tag);
      return;
    }
    if ("error" in outcome) throw outcome.error;
    const { sensor, readings } = outcome.value;
    for (const reading of readings) {
      for (const [label, value] of Object.entries(right.reading ?? {})) {
        expect(Math.abs(reading[label]! - value!), label).toBeLessThanOrEqual(right.tolerance ?? 0.01);
      }
      if (right.same_reads) expect(reading).toEqual(readings[0]);
      for (const { label, minimum, maximum } of sensor.channels) {
        expect(reading[label]).toBeGreaterThanOrEqual(minimum);
        expect(reading[label]).toBeLessThanOrEqual(maximum);
      }
    }
  });
}

/**
 * Declares a test for each case of one driver.
 *
 * @param component the path of the built component
 * @param make a new display, just powered, whose RAM can be seen
 */
export function displayFaults(
  component: string,
  cases: readonly DisplayFaultCase[],
  make: (clock: VirtualClock) => I2cTarget & { readonly ram: Uint8Array },
): void {
  test.each(cases)("$id: $right_in_words", async ({ address, settings = {}, write, right }) => {
    const clock = new VirtualClock();
    const display = make(clock);
    const wiring = i2cAt(Number(address));
    const maker = componentDisplays(component, wiring);
    await using bench = await maker({ part: { bus: wiring.bus(display, clock), settings } }, clock);
    const opened = await bench.open("part");
    for (const place of write) await opened.write(...place);
    expect(Buffer.from(display.ram).toString("hex")).toBe(right.ram_hex);
  });
}

function busWith(
  address: number,
  { kind, ...rest }: SensorFaultCase["model"],
  models: ReadonlyMap<string, I2cModel>,
  clock: VirtualClock,
) {
  if (kind === "commands") return i2cAt(address).bus(new Commands(rest as CommandsModel), clock);
  const entry = { i2c: "part", address, model: kind, ...parametersOf(rest) };
  return new I2cTestBus(simulatedBuses([entry], clock, models).get("part")!, address);
}

/** "calibration_0x88" is the register block 0x88 of the calibration. */
function parametersOf(model: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const calibration: Record<string, unknown> = {};
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(model)) {
    const [, block] = /^calibration_(.+)$/.exec(name) ?? [];
    if (block === undefined) parameters[name] = value;
    else calibration[block] = value;
  }
  return Object.keys(calibration).length === 0 ? parameters : { ...parameters, calibration };
}

interface CommandsModel {
  /** By command, in hex: the answer in hex, or several of which each is given once and the last from then on. */
  readonly commands: Readonly<Record<string, string | readonly string[]>>;
  /** The answer to whatever else is read. */
  readonly answer: string;
}

/** Acknowledges everything, and answers by the command that was written last. */
class Commands implements I2cTarget {
  readonly #answers: Map<string, string[]>;
  readonly #answer: string;
  #command: number[] = [];
  #sent: Buffer = Buffer.alloc(0);

  constructor({ commands, answer }: CommandsModel) {
    this.#answers = new Map(Object.entries(commands).map(([command, given]) => [command, [given].flat()]));
    this.#answer = answer;
  }

  start(direction: I2cDirection): boolean {
    if (direction === "write") this.#command = [];
    else this.#sent = Buffer.from(this.#next(), "hex");
    return true;
  }

  write(byte: number): boolean {
    this.#command.push(byte);
    return true;
  }

  read(): number {
    const byte = this.#sent[0] ?? 0xff;
    this.#sent = this.#sent.subarray(1);
    return byte;
  }

  stop(): void {}

  #next(): string {
    const answers = this.#answers.get(Buffer.from(this.#command).toString("hex"));
    if (answers === undefined) return this.#answer;
    return answers.length > 1 ? answers.shift()! : answers[0]!;
  }
}
