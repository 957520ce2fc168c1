import { goesOn, type HostileCase } from "../case.ts";

/** A case that ends in another sentence on a native host than on the one for Node. */
export interface Difference {
  readonly ends: HostileCase["ends"];
  /** Why it is another. */
  readonly because: string;
}

/** By the name of the case. */
export type Differences = ReadonlyMap<string, Difference>;

/** Cases that differ in the same way. */
export function alike(
  names: readonly string[],
  ends: HostileCase["ends"],
  because: string,
): [string, Difference][] {
  return names.map((name) => [name, { ends, because }]);
}

/** What a native command does alike, whichever engine it has. */
export const ofCommands: readonly [string, Difference][] = alike(
  ["a loop in close", "a loop in a destructor", "unreachable in close", "unreachable in a destructor"],
  goesOn,
  "The command closes a sensor when it ends or after a failure, and tells nothing of that.",
).concat([
  [
    "an error of a bus of 8 MiB",
    { ends: /^x{2000}…: /, because: "The command says what to do about a fault of a bus, on all hosts." },
  ],
  [
    "200,000 channels with a label of 1 KiB",
    {
      ends: "the driver failed: a string is not UTF-8",
      because: "The labels are looked at one by one, and one of them is no text, before they are too much.",
    },
  ],
]);

/** The cases in which a component has exceptions. */
export const withExceptions = [
  "a loop in try_table, in read",
  "a loop around try_table, in read",
  "a loop in a handler, in read",
  "an exception that nobody catches",
  "recursion that catches everything, again and again",
  "catches what the host threw and goes on",
  "catches what the host threw and loops",
] as const;
