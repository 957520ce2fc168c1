import { goesOn } from "../case.ts";
import { alike, type Difference, type Differences, ofCommands, withExceptions } from "./differences.ts";

/** What `busbar flatten` refuses: nothing of it comes to a device. */
const refused = (what: string) =>
  `./case.wasm cannot be flattened: a core module ${what}, which a flattened one may not.`;
const beyondFlattened = "What a flattened module may have is less than what Node's engine has.";

/** By the name of the case. */
export const differences: Differences = new Map<string, Difference>([
  ...alike(
    ["a loop in realloc", "a loop in post-return"],
    "the driver took longer than its limit of 300 ms",
    "A guest is ended from outside wherever it runs: it has the time of every other call.",
  ),
  ...ofCommands,
  ...alike(withExceptions, refused("uses exceptions"), beyondFlattened),
  ["tail calls, in read", { ends: refused("uses tail calls"), because: beyondFlattened }],
  ["a table without end", { ends: refused("uses references"), because: beyondFlattened }],
  ["a second memory", { ends: refused("has several memories"), because: beyondFlattened }],
  ...alike(
    ["a memory of 64 bits", "a shared memory", "threads"],
    refused("has a shared or 64-bit memory or table"),
    beyondFlattened,
  ),
  [
    "garbage-collected objects",
    { ends: refused("has types of something else than functions"), because: beyondFlattened },
  ],
  ["typed references", { ends: refused("has vectors or references as values"), because: beyondFlattened }],
  [
    "more memory at first than it may have",
    {
      ends: './case.wasm needs 25 MiB of memory; set "limits": { "memoryMiB": 25 } or more.',
      because: "An element of a table takes 4 bytes, not 31.",
    },
  ],
  [
    "a table at first of more than it may have",
    { ends: goesOn, because: "An element of a table takes 4 bytes, not 31: it may have that." },
  ],
  ["a thousand tables", { ends: goesOn, because: "Nothing uses them, so flattening leaves them out." }],
  [
    "a million values",
    {
      ends: "the driver failed: it passes values of more than 16 MiB in one call",
      because:
        "What a value takes in the host is counted while they are read, before their number is looked at.",
    },
  ],
  [
    "a device that it does not have",
    {
      ends: 'the driver failed: handle 99 is no "device"',
      because: "A resource has its name alone, not that of its interface.",
    },
  ],
]);
