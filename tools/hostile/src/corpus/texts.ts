/** Guests whose answers are long: texts, lists, lists of texts; and texts that are obeyed instead of shown. */

import type { HostileCase } from "../case.ts";
import { display } from "../wat/display.ts";
import { fails, give, places } from "../wat/sensor.ts";
import { sensorCase } from "./sensor-case.ts";

const mebibyte = 1024 * 1024;
/** Where there is room for what is long: after the first two pages. */
const far = 131_072;

/** A memory with so many bytes of "x" from `far` on. */
const filled = (bytes: number) => ({
  pages: Math.ceil((far + bytes) / 65_536),
  start: `(memory.fill (i32.const ${far}) (i32.const 120) (i32.const ${bytes}))`,
});

const isLong = (place: number, bytes: number) => `(i32.store (i32.const ${place}) (i32.const ${far}))
  (i32.store (i32.const ${place + 4}) (i32.const ${bytes}))`;

/** A list of channels at `far`, each as the first one is, and its label so long. */
const manyChannels = (count: number, labelBytes: number, label = far) => `
  (local $i i32)
  (loop $l
    (memory.copy (i32.add (i32.const ${far}) (i32.mul (local.get $i) (i32.const 40))) (i32.load (i32.const ${places.channels})) (i32.const 40))
    (i32.store (i32.add (i32.const ${far + 4}) (i32.mul (local.get $i) (i32.const 40))) (i32.const ${label}))
    (i32.store (i32.add (i32.const ${far + 8}) (i32.mul (local.get $i) (i32.const 40))) (i32.const ${labelBytes}))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $l (i32.lt_u (local.get $i) (i32.const ${count}))))
  (i32.store (i32.const ${places.channels}) (i32.const ${far}))
  (i32.store (i32.const ${places.channels + 4}) (i32.const ${count}))
  ${give(places.channels)}`;

const tooMuch = (mebibytes: number) =>
  `the driver failed: it passes values of more than ${mebibytes} MiB in one call`;
const mend = "; its author has to mend that";

/** A text that moves a cursor, fakes a line, turns text around and hides some. */
export const control =
  '\u001b[2J\u001b]0;owned\u0007\r\n{"type":"reading"}\u009b31m\u202eevil\u2066\u200b\u0000';

/** See above. */
export const texts: readonly HostileCase[] = [
  sensorCase(
    "a vendor of 8 MiB",
    { ...filled(8 * mebibyte), info: `${isLong(places.info, 8 * mebibyte)} ${give(places.info)}` },
    "goes on",
    { byCommand: true },
  ),
  sensorCase(
    "a model of 8 MiB",
    { ...filled(8 * mebibyte), info: `${isLong(places.info + 8, 8 * mebibyte)} ${give(places.info)}` },
    "goes on",
  ),
  sensorCase(
    "a label of 8 MiB",
    {
      ...filled(8 * mebibyte),
      listed: `(local $c i32) (local.set $c (i32.load (i32.const ${places.channels})))
      (i32.store offset=4 (local.get $c) (i32.const ${far})) (i32.store offset=8 (local.get $c) (i32.const ${8 * mebibyte}))
      ${give(places.channels)}`,
    },
    `the driver lists a channel with a label of 8388608 characters, and one has 1 to 200${mend}`,
  ),
  sensorCase(
    "an error of 16 MiB",
    {
      ...filled(16 * mebibyte),
      read: fails(places.read, 5, `(i32.const ${far})`, `(i32.const ${16 * mebibyte})`),
    },
    /^x{2000}…$/,
    { limits: { memoryMiB: 32 }, byCommand: true },
  ),
  sensorCase(
    "an error of a bus of 8 MiB",
    {
      ...filled(8 * mebibyte),
      read: `(i32.store8 (i32.const ${places.read}) (i32.const 1))
        (i32.store8 (i32.const ${places.read + 4}) (i32.const 3)) (i32.store8 (i32.const ${places.read + 8}) (i32.const 6))
        ${isLong(places.read + 12, 8 * mebibyte)} ${give(places.read)}`,
    },
    /^x{2000}… \(other\)$/,
  ),
  sensorCase(
    "two texts that are more than may be passed",
    {
      ...filled(12 * mebibyte),
      info: `${isLong(places.info, 12 * mebibyte)} ${isLong(places.info + 8, 12 * mebibyte)} ${give(places.info)}`,
    },
    tooMuch(16),
  ),
  sensorCase(
    "20,000 channels",
    { pages: 20, listed: manyChannels(20_000, 4) },
    `the driver lists 20000 channels, and a sensor has 1024 at most${mend}`,
    { byCommand: true },
  ),
  sensorCase(
    "200,000 channels with a label of 1 KiB",
    { pages: 126, listed: manyChannels(200_000, 1024) },
    tooMuch(16),
  ),
  sensorCase(
    "400 channels with one label of 1 MiB",
    { ...filled(mebibyte + 65_536), listed: manyChannels(400, mebibyte, far + 65_536) },
    tooMuch(16),
  ),
  sensorCase(
    "a list longer than all memory",
    { listed: `(i32.store (i32.const ${places.channels + 4}) (i32.const -1)) ${give(places.channels)}` },
    /^the driver failed: a pointer leads out of the memory$|^the driver failed: it passes values/,
  ),
  sensorCase(
    "a million values",
    {
      pages: 130,
      read: `(i32.store (i32.const ${places.read + 4}) (i32.const ${far})) (i32.store (i32.const ${places.read + 8}) (i32.const 1000000)) ${give(places.read)}`,
    },
    `the driver gives 1000000 values for 1 channels${mend}`,
  ),
  sensorCase(
    "names that are obeyed",
    { vendor: control, model: control, channels: [{ label: control }] },
    "goes on",
    { byCommand: true },
  ),
  sensorCase(
    "an error that is obeyed",
    {
      model: control,
      read: fails(
        places.read,
        5,
        `(i32.load (i32.const ${places.info + 8}))`,
        `(i32.load (i32.const ${places.info + 12}))`,
      ),
    },
    /owned/,
    { byCommand: true },
  ),
  sensorCase(
    "an error longer than all memory",
    { read: fails(places.read, 5, give(places.info), `(i32.const ${mebibyte})`) },
    "the driver failed: a pointer leads out of the memory",
  ),
  {
    name: "a display whose maker has 60,000 letters",
    kind: "display",
    bytes: () => display({ vendor: "x".repeat(60_000) }),
    ends: "goes on",
  },
];
