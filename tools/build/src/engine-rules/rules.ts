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
  /** `Date`, whatever is done with it. */
  | "date"
  /** Generator functions. */
  | "generator"
  /** `5n`, and uses of `BigInt`. */
  | "bigint"
  /** `Symbol()`: a symbol that the language itself does not know. */
  | "own-symbol"
  /** `WeakMap` and its siblings. */
  | "weak"
  | "Proxy"
  | "Reflect"
  | "Intl"
  /** `eval`, `Function()` and `JSON.parse`. */
  | "parsing"
  /** A class that extends one of the engine's own whose objects are more than properties. */
  | "native-class"
  /** `super.name`, where it is no call. */
  | "super-property"
  /** `(?<=..)`, `(?<name>..)` and their like in a regular expression. */
  | "regexp-group"
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
  micro: {
    asynchronous:
      "MicroQuickJS has no promises; write it without async: what a driver imports waits by itself",
    "time-of-day": `MicroQuickJS has no dates; ${ownTime}`,
    date: `MicroQuickJS has no dates; ${ownTime}`,
    "performance.now": `MicroQuickJS has none; ${ownTime}`,
    timers: `MicroQuickJS has no timers; ${noTimers}`,
    "Math.random": `MicroQuickJS gives the same numbers in every instance; ${ownNumbers}`,
    generator: "MicroQuickJS has no generators; give an array",
    bigint:
      "MicroQuickJS has no BigInts; a u64 is a number, and exact up to 2^53: toU64 and fromU64 of @busbar/guest",
    "own-symbol": "MicroQuickJS has no symbols of one's own; use a text, or a field that begins with #",
    weak: "MicroQuickJS has none; keep it in a field of the object, or in a Map",
    Proxy: "MicroQuickJS has none; write a class with the methods that are called",
    Reflect: "MicroQuickJS has none; use the operators, and the functions of Object",
    Intl: "MicroQuickJS has none; give numbers, and leave their form to the program that reads",
    parsing: "MicroQuickJS compiles nothing on the device; take apart what the chip sends by its bytes",
    "native-class": "MicroQuickJS would make an object without the class of it; keep one in a field instead",
    "super-property": "what MicroQuickJS gets for it loses the object; call a method of super instead",
    "regexp-group":
      "MicroQuickJS has no lookbehind and no named groups; count groups, or go through the text by code",
    "unicode-property": "MicroQuickJS has no Unicode properties; list the ranges of code points instead",
    "unicode-method": "MicroQuickJS has no Unicode tables; compare code points instead",
    console: "MicroQuickJS has no console; tell the operator with warn of busbar:board/log",
    TextDecoder: "MicroQuickJS has none; make ASCII with String.fromCharCode(...bytes)",
    TextEncoder: "MicroQuickJS has none; use utf8 of @busbar/guest",
    structuredClone: "MicroQuickJS has none; copy what is needed with { ...it } or slice()",
    Atomics: "MicroQuickJS has none; a driver has one thread, and needs none",
    queueMicrotask: "MicroQuickJS has none; call the function itself",
  },
};
