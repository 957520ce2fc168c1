/**
 * What an engine gets wrong without a word, or ends the driver for: docs/engines.md, where each row has its test or script.
 * A build that passes is then no surprise on the device.
 */

import type { Engine } from "../componentize.ts";

/** Something in a source file that a rule can be about. */
export type Finding =
  /** `async` functions, `await`, `for await`, and uses of `Promise`. */
  | "asynchronous"
  /** `new Date()` without an argument, `Date()`, `Date.now()`. */
  | "time-of-day"
  | "performance.now"
  /** `setTimeout` and its siblings. */
  | "timers"
  | "Math.random"
  /** `\p{..}` in a regular expression. */
  | "unicode-property"
  /** `"".normalize()` and `"".localeCompare()`. */
  | "unicode-method"
  /** Names of globals by themselves. */
  | "console"
  | "TextDecoder"
  | "TextEncoder"
  | "structuredClone"
  | "Atomics"
  | "queueMicrotask";

const noTimers = "wait with waitMs of busbar:board/time instead";
const ownTime =
  "measure with nowMs of busbar:board/time, and leave the time of day to the program that reads";
const ownNumbers = "count, or take a seed from a setting";

/** What is wrong with a finding under an engine, and what to write instead; nothing where it works. */
export const engineRules: Readonly<Record<Engine, Readonly<Partial<Record<Finding, string>>>>> = {
  quickjs: {
    asynchronous:
      "QuickJS never goes on behind an await, and reports success; write it without async: what a driver imports waits by itself",
    "time-of-day": `QuickJS ends the driver for it; ${ownTime}`,
    "performance.now": `QuickJS ends the driver for it; ${ownTime}`,
    timers: `QuickJS has no timers; ${noTimers}`,
    "Math.random": `QuickJS gives the same numbers in every instance; ${ownNumbers}`,
    console: "QuickJS has no console; tell the operator with warn of busbar:board/log",
    TextDecoder: "QuickJS has none; make ASCII with String.fromCharCode(...bytes)",
    TextEncoder: "QuickJS has none; use utf8 of @busbar/guest",
    structuredClone: "QuickJS has none; copy what is needed with { ...it } or slice()",
    Atomics: "QuickJS has none; a driver has one thread, and needs none",
    queueMicrotask: "QuickJS never runs it; call the function itself",
  },
  starlingmonkey: {
    "time-of-day": `StarlingMonkey gives the time of the build; ${ownTime}`,
    "performance.now": `StarlingMonkey ends the driver for it; ${ownTime}`,
    timers: `StarlingMonkey ends the driver for it; ${noTimers}`,
    "Math.random": `StarlingMonkey gives the numbers of the build; ${ownNumbers}`,
    "unicode-property": "StarlingMonkey has no Unicode properties; list the ranges of code points instead",
    "unicode-method":
      "StarlingMonkey has no Unicode tables, and gives the text back as it was; compare code points instead",
  },
  micro: {},
};
