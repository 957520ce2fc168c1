/** Drivers of sensors in WebAssembly text. */

import { code, type GuestParts, lifted, room, scratch } from "./guest.ts";
import { deviceError } from "./host.ts";
import { instanceOf } from "./interface.ts";
import { Data, wat } from "./text.ts";

/** A channel as a driver lists it. */
export interface WatChannel {
  /** The number of its case; 0 is temperature. */
  readonly quantity?: number;
  /** Its label, or the bytes that are no text. */
  readonly label?: string | Uint8Array;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly resolution?: number;
}

/** A driver of a sensor: what it answers, and the code that stands in place of the answers. */
export interface SensorParts extends GuestParts {
  readonly vendor?: string;
  readonly model?: string;
  readonly channels?: readonly WatChannel[];
  readonly values?: readonly number[];
  /** Bodies of its functions. Each gets the device's number; `open` a pointer and a length. */
  readonly open?: string;
  readonly info?: string;
  readonly listed?: string;
  readonly read?: string;
  readonly close?: string;
  /** Run after `info`, `channels` and `read` have been taken over. */
  readonly postReturn?: string;
  /** The types of the exported interface, where they are to be others: see {@link sensorTypes}. */
  readonly types?: string;
  /** How messages name the interface; "busbar:device/sensor@0.1.0" where it is left out. */
  readonly exported?: string;
  /** Exports of the interface, in place of all. */
  readonly exports?: string;
}

/** Where the answers are in the memory of a driver. */
export const places = {
  /** "hostile": its name in the board file. */
  name: 1024,
  nameLength: 7,
  open: scratch,
  info: scratch + 32,
  channels: scratch + 64,
  read: scratch + 96,
} as const;

/** The types of busbar:device/sensor, with which its functions are lifted. */
export const sensorTypes = `
  ${deviceError}
  (type $info (record (field "vendor" string) (field "model" string)))
  (type $quantity (enum "temperature" "pressure" "relative-humidity" "acceleration" "angular-velocity"
    "magnetic-flux-density" "illuminance" "distance" "voltage" "current" "power" "gas-concentration"
    "angle"
    "latitude" "longitude" "speed" "mass-concentration" "number-concentration"))
  (type $channel (record (field "quantity" $quantity) (field "label" string) (field "minimum" f64) (field "maximum" f64)
    (field "resolution" f64)))
  (type $channels (list $channel))
  (type $values (list f64))`;

const channelSize = 40;

/** Gives what lies at a place. */
export const give = (place: number) => `(i32.const ${place})`;

/** Opens a device, as a driver does that has nothing to say against it. */
export const opens = `(i32.store8 (i32.const ${places.open}) (i32.const 0))
  (i32.store (i32.const ${places.open + 4}) (call $new (i32.const 7))) ${give(places.open)}`;

/** Answers with an error of busbar:device, of the case of that number, whose text is at a place. */
export const fails = (result: number, errorCase: number, pointer: string, length: string) => `
  (i32.store8 (i32.const ${result}) (i32.const 1))
  (i32.store8 (i32.const ${result + 4}) (i32.const ${errorCase}))
  (i32.store (i32.const ${result + 8}) ${pointer})
  (i32.store (i32.const ${result + 12}) ${length})
  (i32.const ${result})`;

/** A driver of a sensor. */
export function sensor(parts: SensorParts = {}): Promise<Uint8Array> {
  const {
    open = opens,
    info = give(places.info),
    listed = give(places.channels),
    read = give(places.read),
  } = parts;
  const { close = "", postReturn = "", types = sensorTypes, exported = "busbar:device/sensor@0.1.0" } = parts;
  const functions = {
    open: ["(param i32 i32) (result i32)", open],
    info: ["(param i32) (result i32)", info],
    channels: ["(param i32) (result i32)", listed],
    read: ["(param i32) (result i32)", read],
    close: ["(param i32)", close],
    after: ["(param i32)", postReturn],
  } as const;
  const after = parts.postReturn === undefined ? undefined : "after";
  return wat(`(component $guest
    ${room(parts, dataOf(parts))}
    (type $device (resource (rep i32) (dtor (core func $room "destructor"))))
    (core func $new (canon resource.new $device))
    ${code(parts, functions, { new: "(param i32) (result i32)" })}
    ${types}
    (type $self (borrow $device))
    ${Object.entries(sensorFunctions)
      .map(([name, of]) => {
        const returns = ["info", "channels", "read"].includes(name) ? after : undefined;
        return `(func $${name} ${of} ${lifted(name, returns)})`;
      })
      .join("\n    ")}
    ${instanceOf("sensor", { types, functions: sensorFunctions, exports: parts.exports ?? sensorExports })}
    (export "${exported}" (instance $sensor)))`);
}

/** What the functions take and give. */
const sensorFunctions = {
  open: '(param "name" string) (result (result (own $device) (error $error)))',
  info: '(param "self" $self) (result $info)',
  channels: '(param "self" $self) (result $channels)',
  read: '(param "self" $self) (result (result $values (error $error)))',
  close: '(param "self" $self)',
} as const;

/** What the interface has. */
export const sensorExports = `
  (export "open" (func $open))
  (export "[method]device.info" (func $info))
  (export "[method]device.channels" (func $channels))
  (export "[method]device.read" (func $read))
  (export "[method]device.close" (func $close))`;

function dataOf({ vendor = "Mallory", model = "M1", channels = [{}], values = [20] }: SensorParts): Data {
  const data = new Data(65_536, places.name);
  // The first of its texts.
  data.text(0, "hostile");
  data.text(places.info, vendor);
  data.text(places.info + 8, model);
  const table = data.room(channels.length * channelSize);
  data.u32(places.channels, table);
  data.u32(places.channels + 4, channels.length);
  channels.forEach(({ quantity = 0, label = "t", minimum = 0, maximum = 100, resolution = 0.1 }, index) => {
    const at = table + index * channelSize;
    data.u32(at, quantity);
    data.text(at + 4, label);
    data.f64(at + 16, minimum);
    data.f64(at + 24, maximum);
    data.f64(at + 32, resolution);
  });
  const given = data.room(values.length * 8);
  values.forEach((value, index) => {
    data.f64(given + index * 8, value);
  });
  data.u32(places.read, 0);
  data.u32(places.read + 4, given);
  data.u32(places.read + 8, values.length);
  return data;
}
