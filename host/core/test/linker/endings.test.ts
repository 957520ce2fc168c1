/** A function of the host that ends the program, wherever it is called from: `exit` of wasi:cli. */

import { expect, test } from "vitest";
import { start } from "./harness.ts";

class Ended extends Error {}

/** Runs `f` twice. @returns how often `exit` was called */
async function run(component: string): Promise<number> {
  let calls = 0;
  const exit = () => {
    calls += 1;
    throw new Ended("ended");
  };
  const { f } = await start(component, { "wasi:cli/exit": { exit } }, { waits: () => false });
  await expect(f(1)).rejects.toThrow(Ended);
  await expect(f(1)).rejects.toThrow("cannot enter component instance");
  return calls;
}

const exit = `(import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))`;

test("in a destructor", async () => {
  const calls = await run(`(component ${exit}
    (core func $exit (canon lower (func $exit "exit")))
    (core module $drops (import "h" "exit" (func $exit (param i32)))
      (func (export "drop") (param i32) (call $exit (i32.const 0))))
    (core instance $dropping (instantiate $drops (with "h" (instance (export "exit" (func $exit))))))
    (type $r (resource (rep i32) (dtor (core func $dropping "drop"))))
    (core func $new (canon resource.new $r))
    (core func $drop (canon resource.drop $r))
    (core module $code
      (import "h" "new" (func $new (param i32) (result i32)))
      (import "h" "drop" (func $drop (param i32)))
      (func (export "f") (param i32) (result i32) (call $drop (call $new (i32.const 5))) (i32.const 7)))
    (core instance $running (instantiate $code (with "h" (instance
      (export "new" (func $new)) (export "drop" (func $drop))))))
    (func (export "f") (param "x" u32) (result u32) (canon lift (core func $running "f"))))`);
  expect(calls).toBe(1);
});

test("in a component of a composition, whose user is told of errors and goes on after them", async () => {
  const calls = await run(`(component ${exit}
    (component $inner
      (import "exit" (func $exit (param "status" (result))))
      (core func $exit' (canon lower (func $exit)))
      (core module $code (import "h" "exit" (func $exit (param i32)))
        (func (export "g") (result i32) (call $exit (i32.const 1)) (i32.const 1)))
      (core instance $running (instantiate $code (with "h" (instance (export "exit" (func $exit'))))))
      (func (export "g") (result (result)) (canon lift (core func $running "g"))))
    (alias export $exit "exit" (func $exit'))
    (instance $inner' (instantiate $inner (with "exit" (func $exit'))))
    (alias export $inner' "g" (func $g))
    (core func $g' (canon lower (func $g)))
    (core module $code (import "h" "g" (func $g (result i32)))
      (func (export "f") (param i32) (result i32) (drop (call $g)) (call $g)))
    (core instance $running (instantiate $code (with "h" (instance (export "g" (func $g'))))))
    (func (export "f") (param "x" u32) (result u32) (canon lift (core func $running "f"))))`);
  expect(calls).toBe(1);
});

test("in a start function, where nothing can be called afterwards", async () => {
  const exit = () => {
    throw new Ended("ended");
  };
  const component = `(component
    (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
    (core func $exit (canon lower (func $exit "exit")))
    (core module $code (import "h" "exit" (func $exit (param i32))) (func $s (call $exit (i32.const 0))) (start $s))
    (core instance (instantiate $code (with "h" (instance (export "exit" (func $exit)))))))`;
  await expect(start(component, { "wasi:cli/exit": { exit } }, { waits: () => false })).rejects.toThrow(
    "ended",
  );
});
