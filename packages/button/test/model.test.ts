import type { GpioEdge } from "@busbar/host/backend";
import { SimulatedGpioChip, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model from "../src/model.ts";

const input = { chip: "sim", line: 3, direction: "in", initial: "low", device: "test" } as const;

async function edgesOf(parameters: object, more: object, forMs: number): Promise<GpioEdge[]> {
  const clock = new VirtualClock(100);
  const chip = new SimulatedGpioChip(clock);
  chip.attach(model.create(parameters, clock), { button: 3 });
  const edges: GpioEdge[] = [];
  chip.open({ ...input, ...more }).watch((edge) => edges.push(edge));
  await clock.sleep(forMs);
  return edges;
}

const presses = [
  [10, 40],
  [100, 20],
];

test("it is pressed by its plan, to ground or to supply", async () => {
  const times = [110, 150, 200, 220];
  const down = await edgesOf({ presses }, { pull: "up" }, 200);
  expect(down).toEqual(times.map((timeMs, index) => ({ timeMs, level: index % 2 === 0 ? "low" : "high" })));
  const up = await edgesOf({ presses, closed: "high" }, { pull: "down" }, 200);
  expect(up).toEqual(times.map((timeMs, index) => ({ timeMs, level: index % 2 === 0 ? "high" : "low" })));
});

test("it bounces, and the debounce of the line is over that", async () => {
  const bouncing = await edgesOf({ presses: [[10, 40]], bounceMs: 2 }, { pull: "up" }, 100);
  expect(bouncing.map(({ timeMs }) => timeMs - 100)).toEqual([
    10, 10.5, 11, 11.5, 12, 50, 50.5, 51, 51.5, 52,
  ]);
  const debounced = await edgesOf({ presses: [[10, 40]], bounceMs: 2 }, { pull: "up", debounceMs: 5 }, 100);
  expect(debounced).toEqual([
    { level: "low", timeMs: 117 },
    { level: "high", timeMs: 157 },
  ]);
});

test.each([
  [{ presses: [[5, 0]] }, '"presses.0.1": expected a number from 0.001 to 1000000000.'],
  [
    {
      presses: [
        [5, 10],
        [10, 10],
      ],
    },
    "expected the presses one after the other",
  ],
  [{ presses: [[5, 3]], bounceMs: 2 }, "expected the presses one after the other"],
  [{ closed: "up" }, '"closed": expected ("low" | "high"), not "up".'],
])("%j is refused", (parameters, message) => {
  expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
});
