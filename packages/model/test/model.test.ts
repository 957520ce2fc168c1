import * as v from "valibot";
import { expect, test } from "vitest";
import {
  Change,
  defineModel,
  isUsbTransferError,
  movingValue,
  RegisterFile,
  UsbTransferError,
  valueAt,
} from "../src/index.ts";

const model = defineModel(
  v.strictObject({
    temperature: v.optional(movingValue(-40, 85), 20),
    chip: v.optional(v.picklist(["a", "b"]), "a"),
  }),
  () => new RegisterFile(),
);
const clock = { now: () => 0 };

test.each([
  [{ temprature: 1 }, '"temprature" is no parameter of this model; remove it, or correct its spelling.'],
  [
    { temperature: 86 },
    '"temperature": expected a number from -40 to 85, or { mean, swing, periodSeconds } that stays there.',
  ],
  [{ chip: "c" }, '"chip": expected ("a" | "b"), not "c".'],
])("%j is refused with one sentence, as a RangeError", (parameters, message) => {
  expect(() => model.create(parameters, clock)).toThrow(new RangeError(message));
});

test("a model says which bus it is for", () => {
  expect(model.bus).toBe("i2c");
  expect(model.create({}, clock)).toBeInstanceOf(RegisterFile);
});

test("a moving value is a sine around its mean", () => {
  const value = { mean: 20, swing: 2, periodSeconds: 60 };
  expect([0, 15_000, 45_000].map((elapsedMs) => valueAt(value, elapsedMs))).toEqual([20, 22, 18]);
});

test("the error of another copy of this package is one too", () => {
  const other = Object.assign(new Error("It stalls."), { name: "UsbTransferError", failure: "stall" });
  expect([other, new UsbTransferError("stall", "It stalls.")].every(isUsbTransferError)).toBe(true);
  expect(
    [new Error("x"), { name: "UsbTransferError", failure: "stall" }, null].some(isUsbTransferError),
  ).toBe(false);
});

test("whoever waits at most for a while goes on by a change, by the time, or fails with the reason to give up", async () => {
  const change = new Change();
  const waiting = new Set<AbortSignal>();
  /** Time that ends for all who wait where the test says so. */
  let wake = () => {};
  const slow = {
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) => {
      waiting.add(signal!);
      return new Promise<void>((resolve, reject) => {
        wake = resolve;
        signal!.addEventListener("abort", () => reject(signal!.reason));
      });
    },
  };
  const never = new AbortController().signal;
  const changed = change.waitAtMost(10, slow, never);
  change.tell();
  await changed;
  // Nobody sleeps on for what came.
  expect([...waiting].every(({ aborted }) => aborted)).toBe(true);
  const timed = change.waitAtMost(10, slow, never);
  wake();
  await timed;
  const end = new AbortController();
  const given = change.waitAtMost(10, slow, end.signal);
  end.abort(new Error("given up"));
  await expect(given).rejects.toThrow("given up");
});
