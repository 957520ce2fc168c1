import type { GpioEdge } from "@busbar/host/backend";
import { SimulatedGpioChip, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model from "../src/model.ts";

/** TRIGGER on line 1, ECHO on line 2. */
function ranger(parameters: object) {
  const clock = new VirtualClock(100);
  const chip = new SimulatedGpioChip(clock);
  chip.attach(model.create(parameters, clock), { trigger: 1, echo: 2 });
  const use = { chip: "sim", device: "test", initial: "low" } as const;
  const trigger = chip.open({ ...use, line: 1, direction: "out" });
  const edges: GpioEdge[] = [];
  chip.open({ ...use, line: 2, direction: "in" }).watch((edge) => edges.push(edge));
  const pulse = (ms: number) => {
    trigger.write("high");
    clock.advance(ms);
    trigger.write("low");
  };
  return { clock, edges, pulse };
}

test("ECHO is high for as long as the sound is on its way, from half a millisecond after TRIGGER on", async () => {
  const { clock, edges, pulse } = ranger({ distance: 3.433, airTemperature: 20 });
  pulse(0.01);
  await clock.sleep(30);
  expect(edges.map(({ level }) => level)).toEqual(["high", "low"]);
  const [up, down] = edges as [GpioEdge, GpioEdge];
  expect(up.timeMs - 100.01).toBeCloseTo(0.45, 6);
  // 343.2 m/s.
  expect(down.timeMs - up.timeMs).toBeCloseTo(20, 1);
});

test("a TRIGGER that is too short is none, and so is one while ECHO is high", async () => {
  const { clock, edges, pulse } = ranger({ distance: 3.433 });
  pulse(0.009);
  await clock.sleep(30);
  expect(edges).toEqual([]);
  pulse(0.011);
  await clock.sleep(10);
  pulse(0.011);
  await clock.sleep(60);
  expect(edges).toHaveLength(2);
});

test("without anything before it ECHO is high until it gives up", async () => {
  const { clock, edges, pulse } = ranger({ distance: null, silenceMs: 120 });
  pulse(1);
  await clock.sleep(200);
  expect(edges[1]!.timeMs - edges[0]!.timeMs).toBeCloseTo(120, 6);
});

test.each([
  [{ distance: "far" }, '"distance"'],
  [{ silenceMs: 5 }, '"silenceMs": expected a number from 30 to 1000.'],
  [{ more: 1 }, '"more" is no parameter of this model'],
])("%j is refused", (parameters, message) => {
  expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
});
