import { goesOn } from "../case.ts";
import { alike, type Difference, type Differences } from "./host.ts";

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
  ...alike(
    ["a loop in close", "a loop in a destructor", "unreachable in close", "unreachable in a destructor"],
    goesOn,
    "The command closes a sensor when it ends or after a failure, and tells nothing of that.",
  ),
  ...alike(
    [
      "a loop in try_table, in read",
      "a loop around try_table, in read",
      "a loop in a handler, in read",
      "an exception that nobody catches",
      "recursion that catches everything, again and again",
      "catches what the host threw and goes on",
      "catches what the host threw and loops",
    ],
    refused("uses exceptions"),
    beyondFlattened,
  ),
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
    "200,000 channels with a label of 1 KiB",
    {
      ends: "the driver failed: a string is not UTF-8",
      because: "The labels are looked at one by one, and one of them is no text, before they are too much.",
    },
  ],
  [
    "a million values",
    {
      ends: "the driver failed: it passes values of more than 16 MiB in one call",
      because:
        "What a value takes in the host is counted while they are read, before their number is looked at.",
    },
  ],
  [
    "an error of a bus of 8 MiB",
    { ends: /^x{2000}…: /, because: "The command says what to do about a fault of a bus, on all hosts." },
  ],
  [
    "a device that it does not have",
    {
      ends: 'the driver failed: handle 99 is no "device"',
      because: "A resource has its name alone, not that of its interface.",
    },
  ],
]);
