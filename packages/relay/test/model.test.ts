import { SimulatedGpioChip, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model, { RelayModule } from "../src/model.ts";

const output = { chip: "sim", direction: "out", device: "test" } as const;

test.each([
  ["high", "low"],
  ["low", "high"],
] as const)(
  "a relay that is triggered by %s is on while it has that, and off while nobody drives it",
  (trigger, initial) => {
    const clock = new VirtualClock();
    const chip = new SimulatedGpioChip(clock);
    const relay = model.create({ trigger }, clock);
    chip.attach(relay, { relay: 3 });
    expect(relay.render?.()).toBe("off");
    const line = chip.open({ ...output, line: 3, initial });
    expect(relay.render?.()).toBe("off");
    line.write(trigger);
    expect(relay.render?.()).toBe("on");
    line.close();
    expect(relay.render?.()).toBe("off");
  },
);

test("its parameters are checked", () => {
  const clock = new VirtualClock();
  expect(model.create({}, clock)).toBeInstanceOf(RelayModule);
  expect(() => model.create({ trigger: "up" }, clock)).toThrow(
    '"trigger": expected ("low" | "high"), not "up".',
  );
  expect(() => model.create({ more: 1 }, clock)).toThrow('"more" is no parameter of this model');
});
