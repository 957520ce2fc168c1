import type { Clock } from "@busbar/host";

/** What models have of a clock. Nothing in them waits: they compare times. */
export type ModelClock = Pick<Clock, "now">;
