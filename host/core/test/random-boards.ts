import { readFileSync } from "node:fs";
import type { Random } from "@busbar/fuzz";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Case {
  readonly name: string;
  readonly board?: Json;
  readonly verdict: unknown;
}

const file = new URL("../../verdicts/board.json", import.meta.url);
const longestSeed = 3000;

/** The boards of the verdicts. */
const cases = (JSON.parse(readFileSync(file, "utf8")) as Case[]).flatMap(({ board, verdict }) => {
  const text = JSON.stringify(board) ?? "";
  return text !== "" && text.length < longestSeed ? [{ text, good: verdict === "accept" }] : [];
});
const seeds = cases.map(({ text }) => text);
const goodSeeds = cases.filter(({ good }) => good).map(({ text }) => text);

/** Each bound of the schema, and beside it. */
const numbers = [
  0,
  1,
  7,
  8,
  64,
  119,
  126,
  255,
  256,
  1024,
  4096,
  8192,
  65535,
  999_999,
  1e6,
  3.6e6,
  2 ** 24,
  2 ** 30,
  2 ** 32 - 1,
]
  .flatMap((bound) => [bound - 1, bound, bound + 1])
  .concat([-0, 0.1, 1.5, 1e21, 1e-7, 2 ** 53 + 2, 5e-324, 1.7976931348623157e308, -1e300]);

const texts = [
  ...[
    "",
    "a",
    "b",
    "a-1",
    "A",
    "1",
    "01",
    "i2c-1",
    "/dev/i2c-1",
    "/dev/i2c-01",
    "spi0",
    "spi01",
    "spidev0.0",
    "sim",
    " sim",
    "sim ",
    "sim\n",
  ],
  ...["0x8", "0x08", "0x50", "0x76", "0x77", "0x78", "0X50", "0xff", "0x100", "0xffff", "0x10000", "0x"],
  ...[
    "1-1",
    "1-2.3",
    "1-0",
    "lsb-first",
    "read",
    "write",
    "read-write",
    "reset",
    "security-keys",
    "toString",
    "\u2028",
    "\ufeffx",
  ],
  ...[
    "\u00a0",
    "é",
    "\u{1f600}",
    "\ud83d",
    "x\ude00",
    "\u0000",
    "\u001b[2J",
    '"',
    "\\",
    "\u180e1",
    "\u0085x",
  ],
];

const keys = [
  ...[
    "driver",
    "i2c",
    "usb",
    "settings",
    "limits",
    "enforce",
    "bus",
    "address",
    "direction",
    "maximumLength",
    "port",
  ],
  ...[
    "vendorId",
    "productId",
    "class",
    "serialNumber",
    "interfaces",
    "allow",
    "maximumTransfers",
    "callMs",
    "uses",
  ],
  ...[
    "memoryMiB",
    "component",
    "arguments",
    "folder",
    "path",
    "write",
    "overwrite",
    "model",
    "devices",
    "simulate",
  ],
  ...[
    "apps",
    "$schema",
    "",
    "0",
    "1",
    "10",
    "01",
    "4294967294",
    "4294967295",
    "-1",
    "1.5",
    "a",
    "b",
    "c",
    "A",
    "é",
  ],
  ...[
    "toString",
    "__proto__",
    "constructor",
    "prototype",
    "hasOwnProperty",
    "length",
    "\ud83d",
    "a.b",
    "x".repeat(210),
  ],
];

const lengths = [63, 64, 65, 125, 126, 127, 199, 200, 201, 256, 257];
const longLengths = [4095, 4096, 4097];

/** The text of a board that is good, nearly good, or no JSON at all. */
export function randomBoard(random: Random): string {
  let json = JSON.parse(pick(random(6) === 0 ? seeds : goodSeeds, random)) as Json;
  for (let left = random(4); left > 0; left--) json = changed(json, random);
  let text = written(json, random);
  if (random(5) === 0) for (let left = 1 + random(3); left > 0; left--) text = damaged(text, random);
  // A file is UTF-8, which has no halves of characters, except as escapes.
  return text.toWellFormed();
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random(items.length)]!;
}

/** With one change somewhere. */
function changed(json: Json, random: Random): Json {
  if (typeof json !== "object" || json === null || random(8) === 0)
    return random(10) === 0 ? value(random) : around(json, random);
  if (Array.isArray(json)) return changedList(json, random);
  const entries = Object.entries(json);
  const index = random(entries.length || 1);
  const entry = entries[index];
  const how = random(12);
  if (entry === undefined || how === 0) return objectOf([...entries, [pick(keys, random), value(random)]]);
  const [key, below] = entry;
  if (how === 1) return objectOf(entries.toSpliced(index, 1));
  if (how === 2) return objectOf(entries.with(index, [pick(keys, random), below]));
  if (how === 3) return objectOf([...entries, [pick(keys, random), below]]);
  if (how === 4) return objectOf(entries.toReversed());
  if (how === 5 && random(4) === 0)
    return objectOf([...entries, ...many(random, (each) => [`k${each}`, below] as const)]);
  if (how === 6) return objectOf(entries.with(index, [key, pick(entries, random)[1]]));
  return objectOf(entries.with(index, [key, changed(below, random)]));
}

function changedList(list: Json[], random: Random): Json {
  const index = random(list.length || 1);
  const how = random(6);
  if (list.length === 0 || how === 0) return [...list, value(random)];
  if (how === 1) return list.toSpliced(index, 1);
  if (how === 2) return [...list, list[index]!];
  if (how === 3 && random(4) === 0) return many(random, () => list[index]!);
  return list.with(index, changed(list[index]!, random));
}

/** A value that is like this one. */
function around(json: Json, random: Random): Json {
  if (typeof json === "number") return random(3) === 0 ? json + random(3) - 1 : pick(numbers, random);
  if (typeof json === "string") {
    const how = random(6);
    if (how === 0) return `${json}${pick(texts, random)}`;
    if (how === 1) return json.slice(random(3));
    if (how === 2) return "x".repeat(pick(random(20) === 0 ? longLengths : lengths, random));
    if (how === 3) return "\u{1f600}".repeat(pick(lengths, random) >> random(2));
    return pick(texts, random);
  }
  return value(random);
}

function value(random: Random): Json {
  const how = random(12);
  if (how < 3) return pick(numbers, random);
  if (how < 6) return pick(texts, random);
  if (how === 6) return null;
  if (how === 7) return random(2) === 0;
  if (how === 8) return [];
  if (how === 9) return {};
  if (how === 10) return Array.from({ length: 1 + random(3) }, () => value(random));
  return JSON.parse(pick(seeds, random)) as Json;
}

function many<Item>(random: Random, make: (index: number) => Item): Item[] {
  const length = pick([15, 16, 17, 255, 256, 257], random);
  return Array.from({ length }, (_, index) => make(index));
}

/** Unlike an object literal's, each key is one of the object's own. */
function objectOf(entries: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(entries);
}

/** As JSON, in one of the ways to write it. */
function written(json: Json, random: Random): string {
  return JSON.stringify(json, undefined, pick([0, 0, 2, "\t"], random));
}

const signs = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "0",
  "1",
  ".",
  "e",
  "-",
  "+",
  " ",
  "\n",
  "\t",
  "\u000b",
  "/",
  "u",
];
const words = [
  ...[
    "null",
    "true",
    "1e999",
    "-1e999",
    "-0",
    "01",
    "1.0",
    "1e3",
    "1E+2",
    '"\\ud83d"',
    '"\\u0061"',
    '"a\\/b"',
  ],
  ...[
    '"\\ud83d\\ude00"',
    "[[",
    "]]",
    '{"a":',
    '"__proto__":1,',
    '"devices":{},',
    "\ufeff",
    "\u2028",
    "NaN",
    "Infinity",
  ],
  ...[
    "[".repeat(31),
    "]".repeat(31),
    "'",
    "/* */",
    "\u0000",
    "é",
    "\u{1f600}",
    '"\\x"',
    '"\\u00g0"',
    "1e-400",
    "0.10",
  ],
];

/** Changed as a text, mostly to something that is no JSON. */
function damaged(text: string, random: Random): string {
  const at = random(text.length + 1);
  const how = random(6);
  if (how === 0) return text.slice(0, at) + text.slice(at + 1 + random(4));
  if (how === 1) return text.slice(0, at) + pick(signs, random) + text.slice(at);
  if (how === 2) return text.slice(0, at) + text.slice(at, at + 30) + text.slice(at);
  if (how === 3) return text.replace(/"([a-z]+)":/, '$&1,"$1":');
  if (how === 4) {
    // In the place of a value.
    const values = [...text.matchAll(/(?<=[:[,])(?:[^"{}[\],:]+|"[^"]*")(?=[,\]}])/g)];
    const found = values[random(values.length || 1)];
    if (found !== undefined) {
      return text.slice(0, found.index) + pick(words, random) + text.slice(found.index + found[0].length);
    }
  }
  return text.slice(0, at) + pick(words, random) + text.slice(at);
}
