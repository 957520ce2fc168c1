import { goesOn } from "../case.ts";
import { alike, type Difference, type Differences, ofCommands, withExceptions } from "./differences.ts";

const overtime = "the driver took longer than its limit of 300 ms";
const otherTypes =
  /^\.\/case\.wasm cannot be linked: it exports busbar:device\/sensor@0\.1\.0 with other types than this host's \(.*\); use another build of it\.$/;

/** By the name of the case. */
export const differences: Differences = new Map<string, Difference>([
  ...alike(
    ["a loop in realloc", "a loop in post-return"],
    overtime,
    "Wasmtime can hold code wherever it runs, over frames of its own too: it has the time of every other call.",
  ),
  ...ofCommands,
  ...alike(
    withExceptions,
    "./case.wasm does not start: it has exceptions, which this host refuses; use another build of it.",
    "Wasmtime's exceptions are objects of its garbage collector, which this host is built without.",
  ),
  ...alike(
    [
      "an error with numbers for texts",
      "an error of fewer cases",
      "values that are texts",
      "a model that is a list",
      "channels with less in them",
      "an interface of functions that are others",
    ],
    otherTypes,
    "Wasmtime says what differs, and not in which function.",
  ),
  [
    "memory at start",
    {
      ends: './case.wasm needs 17 MiB of memory; set "limits": { "memoryMiB": 17 } or more.',
      because: "What is grown at start counts with what there is at first.",
    },
  ],
  [
    "more memory at first than it may have",
    {
      ends: './case.wasm needs 25 MiB of memory; set "limits": { "memoryMiB": 25 } or more.',
      because: "Wasmtime asks for each memory by itself, and a table is 8 bytes an element.",
    },
  ],
  [
    "a table at first of more than it may have",
    { ends: goesOn, because: "An element of a table takes 8 bytes, not 31: it may have that." },
  ],
  [
    "a thousand tables",
    {
      ends: "./case.wasm cannot be linked: tables count exceeds limit of 100; use another build of it.",
      because: "The compiler refuses it first.",
    },
  ],
  [
    "sixteen million instances",
    {
      ends: "./case.wasm takes more than 1024 MiB of memory to compile; use another build of it, or give it more with --memory.",
      because: "The compiler writes them out one by one until it may no more.",
    },
  ],
  [
    "ten thousand instances",
    {
      ends: "./case.wasm cannot be linked: instances count exceeds limit of 1000; use another build of it.",
      because: "The compiler refuses it first.",
    },
  ],
  [
    "a type of 2^40 bytes",
    {
      ends: "./case.wasm cannot be linked: effective type size exceeds the limit of 1000000; use another build of it.",
      because: "The compiler refuses types of that size, used or not.",
    },
  ],
  [
    "components nested 10,000 deep",
    {
      ends: "./case.wasm cannot be linked: it has 10000 modules and components, more than 2000; use another build of it.",
      because: "They are counted before anything looks how they lie.",
    },
  ],
  [
    "a transaction of a million operations",
    { ends: goesOn, because: "They are 16 MB in the host, which may be passed; the bus then refuses them." },
  ],
  [
    "a quantity that there is not",
    {
      ends: "the driver failed: a discriminant is out of the range of its cases",
      because: "Wasmtime does not say how many there are.",
    },
  ],
  ...alike(
    ["a device that it does not have", "a handle that it does not have"],
    "the driver failed: a handle is none that it has",
    "Wasmtime does not say of what.",
  ),
  [
    "a handle of another kind",
    {
      ends: "the driver failed: a handle is of another kind than the function takes",
      because: "Wasmtime does not say of which.",
    },
  ],
]);
