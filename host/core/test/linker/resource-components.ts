/** Components that define a resource, use one of the host, or pass one between each other. */

/**
 * A component that defines `thing`, a u32: `make`, `value`, `take` (which drops it), `count` of those that live, `pair`, which
 * gets two, and `drop-and-fail`. Its destructor calls `dropped` of the host, and does `ends` before.
 */
export const things = ({ ends = "", make = "(call $new (local.get 0))" } = {}) => `
  (import "test:x/log" (instance $log (export "dropped" (func (param "value" u32)))))
  (core func $dropped (canon lower (func $log "dropped")))
  (core module $ends
    (import "" "dropped" (func $dropped (param i32)))
    (func (export "drop") (param i32) ${ends} (call $dropped (local.get 0))))
  (core instance $ends (instantiate $ends (with "" (instance (export "dropped" (func $dropped))))))
  (type $thing (resource (rep i32) (dtor (core func $ends "drop"))))
  (core func $new (canon resource.new $thing))
  (core func $rep (canon resource.rep $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $code
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "make") (param i32) (result i32) ${make})
    (func (export "value") (param i32) (result i32) (local.get 0))
    (func (export "take") (param i32) (result i32)
      (call $rep (local.get 0)) (call $drop (local.get 0)))
    (func (export "take-twice") (param i32)
      (call $drop (local.get 0)) (call $drop (local.get 0)))
    (func (export "pair") (param i32 i32 i32) (result i32)
      (i32.add (local.get 0) (call $rep (local.get 1)))
      (call $drop (local.get 1))))
  (core instance $running (instantiate $code (with "" (instance
    (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
  (func $make (param "value" u32) (result (own $thing)) (canon lift (core func $running "make")))
  (func $value (param "self" (borrow $thing)) (result u32) (canon lift (core func $running "value")))
  (func $take (param "thing" (own $thing)) (result u32) (canon lift (core func $running "take")))
  (func $take-twice (param "thing" (own $thing)) (canon lift (core func $running "take-twice")))
  (func $pair (param "one" (borrow $thing)) (param "other" (own $thing)) (param "flag" bool) (result u32)
    (canon lift (core func $running "pair")))
  (component $shape
    (import "thing" (type $thing (sub resource)))
    (import "make" (func $make (param "value" u32) (result (own $thing))))
    (import "value" (func $value (param "self" (borrow $thing)) (result u32)))
    (import "take" (func $take (param "thing" (own $thing)) (result u32)))
    (import "take-twice" (func $take-twice (param "thing" (own $thing))))
    (import "pair" (func $pair (param "one" (borrow $thing)) (param "other" (own $thing)) (param "flag" bool)
      (result u32)))
    (export $out "thing" (type $thing))
    (export "make" (func $make) (func (param "value" u32) (result (own $out))))
    (export "[method]thing.value" (func $value) (func (param "self" (borrow $out)) (result u32)))
    (export "take" (func $take) (func (param "thing" (own $out)) (result u32)))
    (export "take-twice" (func $take-twice) (func (param "thing" (own $out))))
    (export "pair" (func $pair) (func (param "one" (borrow $out)) (param "other" (own $out)) (param "flag" bool)
      (result u32))))
  (instance $api (instantiate $shape (with "thing" (type $thing))
    (with "make" (func $make)) (with "value" (func $value)) (with "take" (func $take))
    (with "take-twice" (func $take-twice)) (with "pair" (func $pair))))
  (export "test:x/things" (instance $api))`;

/**
 * An inner component that uses things of another one. `run` is its code: it has `$make`, `$value`, `$take`, `$drop`, a local
 * `$thing` and a global `$kept`, and returns a u32.
 */
export const user = (run: string) => `
  (import "test:x/things" (instance $things
    (export "thing" (type $thing (sub resource)))
    (export "make" (func (param "value" u32) (result (own $thing))))
    (export "[method]thing.value" (func (param "self" (borrow $thing)) (result u32)))
    (export "take" (func (param "thing" (own $thing)) (result u32)))))
  (alias export $things "thing" (type $thing))
  (core func $make (canon lower (func $things "make")))
  (core func $value (canon lower (func $things "[method]thing.value")))
  (core func $take (canon lower (func $things "take")))
  (core func $drop (canon resource.drop $thing))
  (core module $code
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "value" (func $value (param i32) (result i32)))
    (import "" "take" (func $take (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (global $kept (mut i32) (i32.const 0))
    (func (export "run") (result i32) (local $thing i32) ${run}))
  (core instance $running (instantiate $code (with "" (instance
    (export "make" (func $make)) (export "value" (func $value)) (export "take" (func $take))
    (export "drop" (func $drop))))))
  (func (export "run") (result u32) (canon lift (core func $running "run")))`;

/** Things and their user in one component, which exports `run`, and the things as well. */
export const together = (run: string, options?: Parameters<typeof things>[0]) => `(component
  (import "test:x/log" (instance $log (export "dropped" (func (param "value" u32)))))
  (component $things ${things(options)})
  (component $user ${user(run)})
  (instance $made (instantiate $things (with "test:x/log" (instance $log))))
  (alias export $made "test:x/things" (instance $api))
  (instance $using (instantiate $user (with "test:x/things" (instance $api))))
  (alias export $using "run" (func $run))
  (export "run" (func $run))
  (export "test:x/things" (instance $api)))`;

/**
 * A component that uses the resource `r` of the host. `code` exports what `lifts` lifts; it has `$make` (gives an own one),
 * `$look` (borrows), `$take`, `$both` (borrows and takes) and `$drop`.
 */
export const hostUser = (code: string, lifts: string) => `(component
  (import "test:x/h" (instance $h
    (export "r" (type $r (sub resource)))
    (export "make" (func (result (own $r))))
    (export "look" (func (param "it" (borrow $r)) (result u32)))
    (export "take" (func (param "it" (own $r))))
    (export "both" (func (param "it" (borrow $r)) (param "other" (own $r))))))
  (alias export $h "r" (type $r))
  (core func $make (canon lower (func $h "make")))
  (core func $look (canon lower (func $h "look")))
  (core func $take (canon lower (func $h "take")))
  (core func $both (canon lower (func $h "both")))
  (core func $drop (canon resource.drop $r))
  (core module $code
    (import "" "make" (func $make (result i32)))
    (import "" "look" (func $look (param i32) (result i32)))
    (import "" "take" (func $take (param i32)))
    (import "" "both" (func $both (param i32 i32)))
    (import "" "drop" (func $drop (param i32)))
    (global $kept (mut i32) (i32.const 0))
    ${code})
  (core instance $running (instantiate $code (with "" (instance
    (export "make" (func $make)) (export "look" (func $look)) (export "take" (func $take))
    (export "both" (func $both)) (export "drop" (func $drop))))))
  ${lifts})`;
