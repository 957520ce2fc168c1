/** Guests whose answers have the right types and make no sense, or have no right types. */

import type { HostileCase } from "../case.ts";
import { type DisplayParts, display } from "../wat/display.ts";
import { sensorExports, sensorTypes } from "../wat/sensor.ts";
import { sensorCase } from "./sensor-case.ts";

const mend = "; its author has to mend that";

function shows(name: string, parts: DisplayParts, ends: HostileCase["ends"]): HostileCase {
  return { name, kind: "display", bytes: () => display(parts), ends };
}

const otherType = (name: string) =>
  new RegExp(
    `^\\./case\\.wasm cannot be linked: it exports the function \\S*${name} of busbar:device/sensor@0\\.1\\.0 with another type than this host's; use another build of it\\.$`,
  );

/** See above. */
export const answers: readonly HostileCase[] = [
  sensorCase("no channels", { channels: [], values: [] }, "goes on"),
  sensorCase(
    "fewer values than channels",
    { values: [] },
    `the driver gives 0 values for 1 channels${mend}`,
    {
      byCommand: true,
    },
  ),
  sensorCase(
    "more values than channels",
    { values: [1, 2] },
    `the driver gives 2 values for 1 channels${mend}`,
  ),
  sensorCase(
    "two channels of one label",
    { channels: [{}, {}], values: [1, 2] },
    `the driver lists the channel "t" twice${mend}`,
  ),
  sensorCase(
    "a channel without label",
    { channels: [{ label: "" }] },
    `the driver lists a channel with a label of 0 characters, and one has 1 to 200${mend}`,
  ),
  sensorCase(
    "a label that is no text",
    { channels: [{ label: Uint8Array.of(0xff, 0xfe) }] },
    "the driver failed: a string is not UTF-8",
  ),
  sensorCase(
    "a minimum that is no number",
    { channels: [{ minimum: Number.NaN }] },
    `the driver says that the channel "t" reaches from NaN to 100${mend}`,
    { byCommand: true },
  ),
  sensorCase(
    "no end of its range",
    { channels: [{ maximum: Number.POSITIVE_INFINITY }] },
    `the driver says that the channel "t" reaches from 0 to Infinity${mend}`,
  ),
  sensorCase(
    "minimum above maximum",
    { channels: [{ minimum: 101 }] },
    `the driver says that the channel "t" reaches from 101 to 100${mend}`,
  ),
  sensorCase(
    "a resolution that is no number",
    { channels: [{ resolution: Number.NaN }] },
    `the driver says that the channel "t" has a resolution of NaN${mend}`,
  ),
  sensorCase(
    "a quantity that there is not",
    { channels: [{ quantity: 200 }] },
    "the driver failed: a discriminant is out of the range of 18 cases",
  ),
  sensorCase(
    "values that are no numbers",
    {
      channels: [{ label: "a" }, { label: "b" }, { label: "c" }],
      values: [Number.NaN, Number.POSITIVE_INFINITY, -1e308],
    },
    `the driver gives NaN for the channel "a", which reaches from 0 to 100${mend}`,
    { byCommand: true },
  ),
  sensorCase(
    "a value that its channel cannot have",
    { channels: [{ label: "a" }], values: [-140.88] },
    `the driver gives -140.88 for the channel "a", which reaches from 0 to 100${mend}`,
  ),
  sensorCase(
    "an error with numbers for texts",
    { types: sensorTypes.replace('(case "timeout" string)', '(case "timeout" u32)') },
    otherType("\\[method\\]device\\.read"),
  ),
  sensorCase(
    "an error of fewer cases",
    { types: sensorTypes.replace('(case "timeout" string)', "") },
    otherType("\\[method\\]device\\.read"),
  ),
  sensorCase(
    "values that are texts",
    { types: sensorTypes.replace("(list f64)", "(list string)") },
    otherType("\\[method\\]device\\.read"),
    { byCommand: true },
  ),
  sensorCase(
    "a model that is a list",
    { types: sensorTypes.replace('(field "model" string)', '(field "model" (list u32))') },
    otherType("\\[method\\]device\\.info"),
  ),
  sensorCase(
    "channels with less in them",
    { types: sensorTypes.replace('(field "maximum" f64)', "") },
    otherType("\\[method\\]device\\.channels"),
  ),
  sensorCase(
    "an interface without read",
    { exports: sensorExports.replace('(export "[method]device.read" (func $read))', "") },
    "./case.wasm cannot be linked: it exports busbar:device/sensor@0.1.0 without its function [method]device.read; use another build of it.",
  ),
  sensorCase(
    "an interface of functions that are others",
    { exports: sensorExports.replace("(func $read)", "(func $info)") },
    otherType("\\[method\\]device\\.read"),
  ),
  shows(
    "a display of no rows",
    { rows: 0 },
    `the driver says that it has 0 rows of 16 characters, and a display has 1 to 1024 of both${mend}`,
  ),
  shows(
    "a display of 4,294,967,295 columns",
    { columns: 0xffff_ffff },
    `the driver says that it has 2 rows of 4294967295 characters, and a display has 1 to 1024 of both${mend}`,
  ),
  shows(
    "4,294,967,295 levels of brightness",
    { brightnessLevels: 0xffff_ffff },
    `the driver says that it has 4294967295 levels of brightness, and a display has 65535 at most${mend}`,
  ),
  shows(
    "a rate to blink at that is no number",
    { blinkRates: [Number.NaN] },
    `the driver says that it can blink at NaN Hz${mend}`,
  ),
  shows(
    "custom characters of 4,294,967,295 dots",
    { customCharacters: [8, 8, 0xffff_ffff] },
    /^the driver says that it has 8 custom characters of 4294967295 x 8 dots/,
  ),
];
