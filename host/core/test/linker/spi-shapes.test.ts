/** wasi:spi/spi by the standard's text, in which `write` gives the error as the type of success, and by corrected copies of it. */

import { parseWat } from "@busbar/jco";
import { expect, test } from "vitest";
import { parseBoard } from "../../src/board/parse.ts";
import { spi } from "../../src/bus/spi/index.ts";
import { OpenedSpi } from "../../src/bus/spi/opened.ts";
import { driverSpi } from "../../src/bus/spi/wasi-spi.ts";
import { DeviceQuota } from "../../src/grants/quota.ts";
import { CallBudget } from "../../src/instance/budget.ts";
import { builtIn } from "../../src/modules.ts";
import { Trace } from "../../src/trace/trace.ts";
import { FakeClock } from "../fakes.ts";
import { FakeSpi } from "../spi-fakes.ts";
import { inRoom, room, start } from "./harness.ts";

/** A component whose `f` opens "x" and writes a byte: 0 for a write that is ok, 1 for one that is an error, 2 where nothing opens. */
const component = (writeResult: string) =>
  parseWat(`(component
    (import "wasi:spi/spi" (instance $spi
      (export "spi-device" (type $device (sub resource)))
      (type $e (variant (case "overrun") (case "mode-fault") (case "frame-format") (case "chip-select-fault")
        (case "other" string)))
      (export "error" (type $error (eq $e)))
      (export "[method]spi-device.write" (func (param "self" (borrow $device)) (param "data" (list u8))
        (result ${writeResult})))
      (export "open" (func (param "name" string) (result (result (own $device) (error $error)))))))
    (alias export $spi "spi-device" (type $device))
    ${room()}
    (core func $open (canon lower (func $spi "open") ${inRoom}))
    (core func $write (canon lower (func $spi "[method]spi-device.write") ${inRoom}))
    (core module $code
      (import "h" "memory" (memory 1))
      (import "h" "open" (func $open (param i32 i32 i32)))
      (import "h" "write" (func $write (param i32 i32 i32 i32)))
      (data (i32.const 16) "x")
      (func (export "f") (result i32)
        (call $open (i32.const 16) (i32.const 1) (i32.const 1024))
        (if (i32.load8_u (i32.const 1024)) (then (return (i32.const 2))))
        (call $write (i32.load (i32.const 1028)) (i32.const 16) (i32.const 1) (i32.const 1024))
        (i32.load8_u (i32.const 1024))))
    (core instance $running (instantiate $code (with "h" (instance
      (export "memory" (memory $room "memory")) (export "open" (func $open)) (export "write" (func $write))))))
    (func (export "f") (result u32) (canon lift (core func $running "f"))))`);

/** What the host gives for an entry that lets a byte be written, and the bus behind it. */
function given(direction: "read" | "write") {
  const clock = new FakeClock();
  const { devices } = parseBoard({
    devices: { x: { driver: "x", spi: { bus: 0, chipSelect: 0, direction } } },
  });
  const entry = devices.x!;
  const quota = new DeviceQuota(entry, clock, builtIn);
  const context = {
    ...{ device: "x", entry, clock, trace: new Trace(clock), quota },
    budget: new CallBudget(clock, 1000),
  };
  const bus = new FakeSpi();
  const opened = new OpenedSpi(bus, entry.spi!, quota.countsOf(spi)!);
  return { bus, imports: { "wasi:spi/spi": driverSpi(context, opened) } };
}

test.each([
  ["the standard's text", "(result $error)"],
  ["a corrected copy", "(result (error $error))"],
])("%s: a write that is done is ok, and one that is not is an error", async (_, writeResult) => {
  const built = await component(writeResult);
  const good = given("write");
  expect(await (await start(built, good.imports)).f()).toBe(0);
  expect(good.bus.transactions).toEqual([[{ kind: "write", data: Uint8Array.of(0x78) }]]);
  const refused = given("read");
  expect(await (await start(built, refused.imports)).f()).toBe(1);
  expect(refused.bus.transactions).toEqual([]);
});

test.each(["(result)", "(result string (error $error))", "(result $error (error $error))"])(
  "%s is no shape of the host's",
  async (writeResult) => {
    await expect(start(await component(writeResult), given("write").imports)).rejects.toThrow(
      "x.wasm cannot be linked: it imports the function [method]spi-device.write of wasi:spi/spi with another type than this " +
        "host's; use another build of it.",
    );
  },
);
