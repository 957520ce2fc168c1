/** What every GPIO backend must do, whatever is behind it: @busbar/host, `GpioBackend`. */

import {
  BackendError,
  type GpioBackend,
  type GpioChipName,
  type GpioDirection,
  type GpioEdge,
  GpioError,
  type GpioLevel,
  type GpioLine,
  type GpioLineUse,
} from "@busbar/host/backend";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** A backend under test, with a chip that has an input and an output that somebody else can reach from outside. */
export interface GpioBackendContract {
  readonly name: string;
  /** The backend. */
  backend(): GpioBackend;
  readonly chip: GpioChipName;
  /** The offsets of two lines; nothing else uses them, and no part drives the input. */
  readonly input: number;
  readonly output: number;
  /** An offset that the chip does not have; undefined where it has all. */
  readonly noLine?: number;
  /** Drives the input from outside. */
  drive(level: GpioLevel): void | Promise<void>;
  /** What is on the output, seen from outside. */
  level(): GpioLevel | Promise<GpioLevel>;
  /** Returns when every edge that has happened was told. */
  settle(): Promise<void>;
  /** Makes the chip. */
  setUp?(): Promise<void>;
  /** Takes it away. */
  tearDown?(): Promise<void>;
}

/** An emulated machine takes its time for each of them. */
const TIMEOUT_MS = 60_000;

/** What a call that must fail reports to the guest. */
async function failure(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (thrown) {
    if (thrown instanceof GpioError) return thrown.payload.tag;
    throw thrown;
  }
  throw new Error("the call did not fail");
}

/** The suite; call it in a test file. */
export function gpioBackendContract(contract: GpioBackendContract): void {
  const { chip, input, output, noLine } = contract;

  const useOf = (line: number, direction: GpioDirection, more: Partial<GpioLineUse> = {}): GpioLineUse => ({
    ...{ chip, line, direction, initial: "low", device: "contract" },
    ...more,
  });
  const open = async (...use: Parameters<typeof useOf>): Promise<GpioLine & Disposable> => {
    const line = await contract.backend().openGpioLine(useOf(...use));
    if (line === undefined) throw new Error("the backend does not have the chip");
    return Object.assign(line, { [Symbol.dispose]: () => line.close() });
  };

  describe(`the GPIO backend ${contract.name}`, { timeout: TIMEOUT_MS }, () => {
    beforeAll(async () => contract.setUp?.(), TIMEOUT_MS);
    afterAll(async () => contract.tearDown?.(), TIMEOUT_MS);

    test("another chip is left to the next backend", async () => {
      const use = { ...useOf(input, "in"), chip: "no-such-chip" };
      expect(await contract.backend().openGpioLine(use)).toBeUndefined();
    });

    test.runIf(noLine !== undefined)("a line that the chip does not have is refused by name", async () => {
      const opened = (async () => contract.backend().openGpioLine(useOf(noLine!, "in")))();
      await expect(opened).rejects.toThrow(BackendError);
      await expect(opened).rejects.toThrow(String(noLine));
    });

    test("an input has the level that it is driven to", async () => {
      using line = await open(input, "in");
      for (const level of ["high", "low", "high"] as const) {
        await contract.drive(level);
        expect(await line.read()).toBe(level);
      }
    });

    test.each(["low", "high"] as const)(
      "an output is %s from the start, and then what it is set to",
      async (initial) => {
        using line = await open(output, "out", { initial });
        expect(await contract.level()).toBe(initial);
        for (const level of ["high", "low", "low", "high"] as const) {
          await line.write(level);
          expect(await contract.level()).toBe(level);
          expect(await line.read()).toBe(level);
        }
      },
    );

    test("a line in both directions is set and read", async () => {
      using line = await open(output, "in-out");
      await line.write("high");
      expect(await contract.level()).toBe("high");
      expect(await line.read()).toBe("high");
    });

    test("an input cannot be set", async () => {
      using line = await open(input, "in");
      expect(await failure(() => line.write("high"))).toBe("operation-not-supported");
    });

    test("edges are told in their order, to all who listen, from then on and until they stop", async () => {
      await contract.drive("low");
      using line = await open(input, "in");
      const [first, second]: [GpioEdge[], GpioEdge[]] = [[], []];
      const one = line.watch((edge) => first.push(edge));
      expect(first).toEqual([]);
      await contract.drive("high");
      await contract.settle();
      line.watch((edge) => second.push(edge));
      await contract.drive("low");
      await contract.settle();
      one[Symbol.dispose]();
      await contract.drive("high");
      await contract.settle();
      expect(first.map(({ level }) => level)).toEqual(["high", "low"]);
      expect(second.map(({ level }) => level)).toEqual(["low", "high"]);
      const times = [...first, second[1]!].map(({ timeMs }) => timeMs);
      expect([...times].sort((left, right) => left - right)).toEqual(times);
    });

    test("what happens while nobody listens is not told later", async () => {
      using line = await open(input, "in");
      const edges: GpioEdge[] = [];
      line.watch(() => undefined)[Symbol.dispose]();
      await contract.drive("low");
      await contract.drive("high");
      await contract.settle();
      line.watch((edge) => edges.push(edge));
      await contract.settle();
      expect(edges).toEqual([]);
    });

    test("a line is one's alone until it is closed", async () => {
      const line = await open(input, "in");
      await expect(open(input, "in")).rejects.toThrow(BackendError);
      line.close();
      (await open(input, "in")).close();
    });

    test("everything on a closed line fails, and closing twice is legal", async () => {
      const line = await open(output, "in-out");
      line.close();
      line.close();
      for (const call of [() => line.read(), () => line.write("high"), () => line.watch(() => undefined)]) {
        expect(await failure(call)).toBe("other");
      }
    });
  });
}
