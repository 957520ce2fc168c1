/** Guests that ask the host for something, and never stop. */

import type { HostileCase } from "../case.ts";
import { i2c, settings, spi, time } from "../wat/host.ts";
import { give, places } from "../wat/sensor.ts";
import { sensorCase } from "./sensor-case.ts";

const overtime = "the driver took longer than its limit of 300 ms";
const tooManyHandles = "the driver failed: it holds more than 4096 handles";
const name = `(i32.const ${places.name}) (i32.const ${places.nameLength})`;

const again = (body: string) => `(loop $l ${body} (br $l)) ${give(places.read)}`;
/** With the handle of the wired target in `$bus`. */
const wired = (body: string) => `(local $bus i32) (call $wire ${name} (i32.const 256))
  (local.set $bus (i32.load (i32.const 260))) ${body}`;
/** With the handle of the SPI device in `$spi`. */
const onSpi = (body: string) => `(local $spi i32) (call $open-spi ${name} (i32.const 256))
  (local.set $spi (i32.load (i32.const 260))) ${body}`;
const once = (body: string) => `${body} ${give(places.read)}`;

/** See above. */
export const calls: readonly HostileCase[] = [
  sensorCase(
    "settings without end",
    { host: [settings], read: again(`(call $get ${name} (i32.const 256))`) },
    overtime,
    { byCommand: true },
  ),
  sensorCase(
    "settings of another, without end",
    {
      host: [settings],
      read: again(`(call $get ${name.replace("(i32.const 7)", "(i32.const 3)")} (i32.const 256))`),
    },
    overtime,
    { byCommand: true },
  ),
  sensorCase(
    "settings of a name of 1 MiB, without end",
    {
      host: [settings],
      pages: 32,
      read: again("(call $get (i32.const 131072) (i32.const 1048576) (i32.const 256))"),
    },
    overtime,
  ),
  sensorCase("the time without end", { host: [time], read: again("(drop (call $now-ms))") }, overtime),
  sensorCase(
    "no wait, without end",
    { host: [time], read: again("(call $wait-ms (i32.const 0))") },
    overtime,
    {
      byCommand: true,
    },
  ),
  sensorCase("a wait of 49 days", { host: [time], read: once("(call $wait-ms (i32.const -1))") }, overtime),
  sensorCase(
    "a wait of 49 days at start",
    { host: [time], start: "(call $wait-ms (i32.const -1))" },
    `./case.wasm does not start: ${overtime}.`,
  ),
  sensorCase(
    "delays of 4 s without end",
    {
      host: [i2c],
      read: `(local $d i32) (local.set $d (call $open-delay)) ${again("(call $delay-ns (local.get $d) (i32.const -1))")}`,
    },
    overtime,
  ),
  sensorCase(
    "delays without end, never given back",
    { host: [i2c], read: again("(drop (call $open-delay))") },
    tooManyHandles,
    { byCommand: true },
  ),
  sensorCase(
    "targets without end, never given back",
    { host: [i2c], read: again(`(call $wire ${name} (i32.const 256))`) },
    tooManyHandles,
  ),
  sensorCase(
    "targets of others without end",
    { host: [i2c], read: again("(call $wire (i32.const 0) (i32.const 5) (i32.const 256))") },
    overtime,
  ),
  sensorCase(
    "refused reads without end",
    {
      host: [i2c],
      read: wired(again("(call $i2c-read (local.get $bus) (i32.const 8) (i64.const 1) (i32.const 256))")),
    },
    overtime,
    { byCommand: true },
  ),
  sensorCase(
    "reads without end",
    {
      host: [i2c],
      read: wired(again(`(call $i2c-read (local.get $bus) (i32.const 118) (i64.const 1) (i32.const 256))`)),
    },
    overtime,
  ),
  sensorCase(
    "reads faster than its limit, without end",
    {
      host: [i2c],
      read: wired(again(`(call $i2c-read (local.get $bus) (i32.const 118) (i64.const 1) (i32.const 256))`)),
    },
    overtime,
    { limits: { transactionsPerSecond: 10 } },
  ),
  sensorCase(
    "a read of 2^63 bytes",
    {
      host: [i2c],
      read: wired(
        once(
          "(call $i2c-read (local.get $bus) (i32.const 118) (i64.const -9223372036854775808) (i32.const 256))",
        ),
      ),
    },
    "goes on",
  ),
  sensorCase(
    "a transaction of 200,000 operations",
    {
      host: [i2c],
      pages: 128,
      read: wired(
        once(
          "(call $i2c-transaction (local.get $bus) (i32.const 118) (i32.const 131072) (i32.const 200000) (i32.const 256))",
        ),
      ),
    },
    /^goes on$|^the driver failed: it passes values of more than 16 MiB in one call$/,
  ),
  sensorCase(
    "a transaction of 100,000 operations without end",
    {
      host: [i2c],
      pages: 128,
      read: wired(
        again(
          "(call $i2c-transaction (local.get $bus) (i32.const 118) (i32.const 131072) (i32.const 100000) (i32.const 256))",
        ),
      ),
    },
    overtime,
  ),
  sensorCase(
    "a transaction of a million operations",
    {
      host: [i2c],
      pages: 300,
      read: wired(
        once(
          "(call $i2c-transaction (local.get $bus) (i32.const 118) (i32.const 131072) (i32.const 1000000) (i32.const 256))",
        ),
      ),
    },
    "the driver failed: it passes values of more than 32 MiB in one call",
    { limits: { memoryMiB: 32 } },
  ),
  sensorCase(
    "a result where there is no memory",
    { host: [settings], read: once(`(call $get ${name} (i32.const -8))`) },
    "the driver failed: a pointer leads out of the memory",
  ),
  sensorCase(
    "a handle that it does not have",
    { host: [i2c], read: once("(call $delay-ns (i32.const 99) (i32.const 1))") },
    'the driver failed: handle 99 is no "delay"',
  ),
  sensorCase(
    "a handle of another kind",
    { host: [i2c], read: wired(once("(call $delay-ns (local.get $bus) (i32.const 1))")) },
    /^the driver failed: handle \d+ is no "delay"$/,
  ),
  sensorCase(
    "SPI devices without end, never given back",
    { host: [spi], read: again(`(call $open-spi ${name} (i32.const 256))`) },
    tooManyHandles,
    { bus: "spi", byCommand: true },
  ),
  sensorCase(
    "SPI devices of others without end",
    { host: [spi], read: again("(call $open-spi (i32.const 0) (i32.const 5) (i32.const 256))") },
    overtime,
    { bus: "spi", byCommand: true },
  ),
  sensorCase(
    "SPI transfers without end",
    {
      host: [spi],
      read: onSpi(
        again("(call $spi-transfer (local.get $spi) (i32.const 0) (i32.const 4096) (i32.const 256))"),
      ),
    },
    overtime,
    { bus: "spi" },
  ),
  sensorCase(
    "an SPI transfer of 1 MiB",
    {
      host: [spi],
      pages: 32,
      read: onSpi(
        once("(call $spi-transfer (local.get $spi) (i32.const 131072) (i32.const 1048576) (i32.const 256))"),
      ),
    },
    "goes on",
    { bus: "spi" },
  ),
  sensorCase(
    "SPI delays of 4 s without end, which hold nothing",
    {
      host: [spi],
      read: onSpi(`(i32.store8 (i32.const 2048) (i32.const 3)) (i32.store (i32.const 2056) (i32.const -1))
        ${again("(call $spi-transaction (local.get $spi) (i32.const 2048) (i32.const 1) (i32.const 256))")}`),
    },
    overtime,
    { bus: "spi" },
  ),
  sensorCase(
    "an SPI transaction of 100,000 operations without end",
    {
      host: [spi],
      pages: 128,
      read: onSpi(
        again(
          "(call $spi-transaction (local.get $spi) (i32.const 131072) (i32.const 100000) (i32.const 256))",
        ),
      ),
    },
    overtime,
    { bus: "spi" },
  ),
];
