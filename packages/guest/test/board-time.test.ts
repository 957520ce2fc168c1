import { expect, test } from "vitest";
import { BoardTimer } from "../src/index.ts";

/** A timer, and the waits that it asked busbar:board/time for. */
function timer() {
  const waits: number[] = [];
  return { waits, timer: new BoardTimer({ nowMs: () => 12.5, waitMs: (ms) => void waits.push(ms) }) };
}

test("waits whole milliseconds, never less than asked for, and not at all for 0", () => {
  const { timer: board, waits } = timer();
  board.waitMs(2);
  board.waitMs(2.1);
  board.waitNs(3000);
  board.waitMs(0);
  expect(waits).toEqual([2, 3, 1]);
  expect(board.nowMs()).toBe(12.5);
});

test.each([-1, Number.NaN, 2 ** 31])("does not wait %d ms", (ms) => {
  expect(() => timer().timer.waitMs(ms)).toThrow(RangeError);
});
