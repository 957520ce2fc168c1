/** wasi:clocks for an app. */

import { Pollable } from "../../interfaces/wasi-poll.ts";
import type { AppContext } from "../context.ts";

/** wasi:clocks/monotonic-clock. */
export function appMonotonicClock(context: AppContext) {
  return {
    now(): bigint {
      context.budget.check();
      return BigInt(Math.round(context.clock.now() * 1e6));
    },
    resolution(): bigint {
      context.budget.check();
      return 1000n;
    },
    subscribeInstant(when: bigint): Pollable {
      context.budget.check();
      return new Pollable(context, Number(when) / 1e6);
    },
    subscribeDuration(when: bigint): Pollable {
      context.budget.check();
      return new Pollable(context, context.clock.now() + Number(when) / 1e6);
    },
  };
}

/** A time of wasi:clocks/wall-clock. */
export interface Datetime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** @param ms since 1970; a file can be older, and then is from the first second that wasi:clocks has */
export function datetime(ms: number): Datetime {
  if (ms < 0) return { seconds: 0n, nanoseconds: 0 };
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanoseconds: Math.floor((ms - seconds * 1000) * 1e6) };
}

/** wasi:clocks/wall-clock. */
export function appWallClock(context: AppContext) {
  return {
    now(): Datetime {
      context.budget.check();
      return datetime(Date.now());
    },
    resolution(): Datetime {
      context.budget.check();
      return { seconds: 0n, nanoseconds: 1e6 };
    },
  };
}
