/** host/verdicts/gpio-simulated.json, which a host in another language answers as well. */
import type { SimulateEntry } from "@busbar/host";
import { BackendError, GpioError, type GpioLevel, type GpioLine } from "@busbar/host/backend";
import { expect, it } from "vitest";
import verdicts from "../../../host/verdicts/gpio-simulated.json" with { type: "json" };
import { simulatedGpio, VirtualClock } from "../src/index.ts";

/** A step as the table has it. */
interface Step {
  /** In milliseconds after the beginning. */
  readonly at: number;
  readonly line: number | string;
  readonly open?: { direction: "in" | "out" | "in-out"; initial?: GpioLevel; pull?: "up" | "down" };
  readonly read?: GpioLevel;
  readonly write?: GpioLevel;
  readonly watch?: boolean;
  readonly edges?: readonly (readonly [GpioLevel, number])[];
  readonly close?: boolean;
  readonly fails?: object;
}

const beginMs = 1000;

it.each(verdicts.devices)("$name", ({ device, steps }) => {
  const clock = new VirtualClock(beginMs);
  const chip = simulatedGpio([{ gpio: "sim", ...device } as SimulateEntry], clock).chips.get("sim")!;
  const opened = new Map<number | string, GpioLine>();
  const watched = new Map<number | string, Disposable>();
  let edges: [GpioLevel, number][] = [];

  /** Does what a step says; what it gives, in the place of what the table has. */
  const run = ({ line, open, write, watch, close, ...asked }: Step): Partial<Step> => {
    if (open !== undefined) {
      const use = { chip: "sim", line, device: "x", initial: "low" as const, ...open };
      opened.set(line, chip.open(use));
      return {};
    }
    const it = opened.get(line)!;
    if ("read" in asked) return { read: it.read() as GpioLevel };
    if (write !== undefined) it.write(write);
    if (watch === true) {
      watched.set(
        line,
        it.watch(({ level, timeMs }) => edges.push([level, timeMs - beginMs])),
      );
    }
    if (watch === false) watched.get(line)![Symbol.dispose]();
    if (close === true) it.close();
    if (!("edges" in asked)) return {};
    // It goes through all that happened until now.
    chip.level(line as number);
    const told = edges;
    edges = [];
    return { edges: told };
  };

  for (const step of steps as unknown as Step[]) {
    clock.advance(beginMs + step.at - clock.now());
    const { fails, ...wanted } = step;
    let answer: object;
    try {
      answer = { ...wanted, ...run(step) };
    } catch (error) {
      if (error instanceof GpioError) {
        answer = { ...wanted, fails: { code: error.payload, message: error.message } };
      } else {
        expect(error).toBeInstanceOf(BackendError);
        answer = { ...wanted, fails: { message: (error as BackendError).message } };
      }
    }
    expect(answer).toEqual(step);
  }
});

it.each(verdicts.refused)("refuses $name", ({ simulate: entries, message }) => {
  const refused = () => simulatedGpio(entries as SimulateEntry[], new VirtualClock(beginMs));
  expect(refused).toThrow(expect.objectContaining({ code: "board", message }));
});
