import type { GpioLevel } from "./backend.ts";
import type { GpioLineGrant } from "./grant.ts";

/** wasi:gpio/digital `pin-state`: what a voltage means. */
export type GpioState = "active" | "inactive";

type Meaning = Pick<GpioLineGrant, "activeLevel">;

/** What a level means on this line. */
export function stateOf(level: GpioLevel, { activeLevel }: Meaning): GpioState {
  return (level === "high") === (activeLevel === "active-high") ? "active" : "inactive";
}

/** The level that means a state on this line. */
export function levelOf(state: GpioState, { activeLevel }: Meaning): GpioLevel {
  return (state === "active") === (activeLevel === "active-high") ? "high" : "low";
}
