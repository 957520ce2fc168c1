/** Drivers of text displays in WebAssembly text. */

import { code, type GuestParts, lifted, room, scratch } from "./guest.ts";
import { deviceError } from "./host.ts";
import { give, opens } from "./sensor.ts";
import { Data, wat } from "./text.ts";

/** A driver of a text display: what it answers, and the code that stands in place of `write` and `clear`. */
export interface DisplayParts extends GuestParts {
  readonly vendor?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly brightnessLevels?: number;
  readonly blinkRates?: readonly number[];
  /** How many, and how many rows and columns of dots. */
  readonly customCharacters?: readonly [count: number, rows: number, columns: number];
  readonly write?: string;
  readonly clear?: string;
}

const places = { info: scratch + 32, size: scratch + 64, capabilities: scratch + 96, done: scratch + 160 };

/** A driver of a text display. */
export function display(parts: DisplayParts = {}): Promise<Uint8Array> {
  const done = give(places.done);
  const { write = done, clear = done } = parts;
  const functions = {
    open: ["(param i32 i32) (result i32)", opens],
    info: ["(param i32) (result i32)", give(places.info)],
    size: ["(param i32) (result i32)", give(places.size)],
    capabilities: ["(param i32) (result i32)", give(places.capabilities)],
    clear: ["(param i32) (result i32)", clear],
    write: ["(param i32 i32 i32 i32 i32) (result i32)", write],
    set: ["(param i32 f64) (result i32)", done],
    define: ["(param i32 i32 i32 i32) (result i32)", done],
    close: ["(param i32)", ""],
  } as const;
  const failing = `(result (result (error $error)))`;
  return wat(`(component $guest
    ${room(parts, dataOf(parts))}
    (type $device (resource (rep i32) (dtor (core func $room "destructor"))))
    (core func $new (canon resource.new $device))
    ${code(parts, functions, { new: "(param i32) (result i32)" })}
    ${deviceError}
    (type $info (record (field "vendor" string) (field "model" string)))
    (type $size (record (field "rows" u32) (field "columns" u32)))
    (type $characters (record (field "count" u32) (field "rows" u32) (field "columns" u32)))
    (type $capabilities (record (field "brightness-levels" u32) (field "blink-rates" (list f64))
      (field "custom-characters" (option $characters))))
    (type $self (borrow $device))
    (func $open (param "name" string) (result (result (own $device) (error $error))) ${lifted("open")})
    (func $info (param "self" $self) (result $info) ${lifted("info")})
    (func $size (param "self" $self) (result $size) ${lifted("size")})
    (func $capabilities (param "self" $self) (result $capabilities) ${lifted("capabilities")})
    (func $clear (param "self" $self) ${failing} ${lifted("clear")})
    (func $write (param "self" $self) (param "row" u32) (param "column" u32) (param "text" string) ${failing}
      ${lifted("write")})
    (func $set-brightness (param "self" $self) (param "brightness" f64) ${failing} ${lifted("set")})
    (func $set-blink-rate (param "self" $self) (param "hertz" f64) ${failing} ${lifted("set")})
    (func $define (param "self" $self) (param "index" u32) (param "rows" (list u8)) ${failing} ${lifted("define")})
    (func $close (param "self" $self) ${lifted("close")})
    (instance $display
      (export "device" (type $device))
      (export "open" (func $open))
      (export "[method]device.info" (func $info))
      (export "[method]device.size" (func $size))
      (export "[method]device.capabilities" (func $capabilities))
      (export "[method]device.clear" (func $clear))
      (export "[method]device.write" (func $write))
      (export "[method]device.set-brightness" (func $set-brightness))
      (export "[method]device.set-blink-rate" (func $set-blink-rate))
      (export "[method]device.define-character" (func $define))
      (export "[method]device.close" (func $close)))
    (export "busbar:device/text-display@0.1.0" (instance $display)))`);
}

function dataOf(parts: DisplayParts): Data {
  const { vendor = "Mallory", rows = 2, columns = 16, brightnessLevels = 1, blinkRates = [1] } = parts;
  const data = new Data(65_536, 1024);
  data.text(0, "hostile");
  data.text(places.info, vendor);
  data.text(places.info + 8, "M1");
  data.u32(places.size, rows);
  data.u32(places.size + 4, columns);
  data.u32(places.capabilities, brightnessLevels);
  const rates = data.room(blinkRates.length * 8);
  blinkRates.forEach((rate, index) => {
    data.f64(rates + index * 8, rate);
  });
  data.u32(places.capabilities + 4, rates);
  data.u32(places.capabilities + 8, blinkRates.length);
  if (parts.customCharacters !== undefined) {
    data.u32(places.capabilities + 12, 1);
    parts.customCharacters.forEach((value, index) => {
      data.u32(places.capabilities + 16 + index * 4, value);
    });
  }
  return data;
}
