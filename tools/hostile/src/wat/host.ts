/** What the host gives to guests, as parts of a component's text: only what the corpus uses of it. */

/** One import of a guest's core module: a function of the host, lowered. */
export interface HostPart {
  /** The imports and definitions of the component. It is called `$guest`; its memory is in `$room`. */
  readonly component: string;
  /** Core functions by name, with their parameters and result. */
  readonly functions: Readonly<Record<string, string>>;
}

const memory = `(memory (core memory $room "memory")) (realloc (core func $room "realloc"))`;

/** `get` gives the settings of a name: `(call $get name length place)`. */
export const settings: HostPart = {
  component: `
    (import "busbar:board/settings@0.1.0" (instance $settings
      (export "get" (func (param "name" string) (result (list (tuple string string)))))))
    (core func $get (canon lower (func $settings "get") ${memory}))`,
  functions: { get: "(param i32 i32 i32)" },
};

/** `now-ms` gives the time, `wait-ms` waits. */
export const time: HostPart = {
  component: `
    (import "busbar:board/time@0.1.0" (instance $time
      (export "now-ms" (func (result f64)))
      (export "wait-ms" (func (param "ms" u32)))))
    (core func $now-ms (canon lower (func $time "now-ms")))
    (core func $wait-ms (canon lower (func $time "wait-ms")))`,
  functions: { "now-ms": "(result f64)", "wait-ms": "(param i32)" },
};

/**
 * `wire` opens the target of a name, whose handle is then at place + 4; `i2c-read` and `i2c-transaction` go over it;
 * `open-delay` and `delay-ns` wait.
 */
export const i2c: HostPart = {
  component: `
    (import "wasi:i2c/i2c@0.2.0-draft" (instance $bus
      (export "i2c" (type $i2c (sub resource)))
      (type $source' (enum "address" "data" "unknown"))
      (export "no-acknowledge-source" (type $source (eq $source')))
      (type $code' (variant (case "bus") (case "arbitration-loss") (case "no-acknowledge" $source) (case "overrun")
        (case "other")))
      (export "error-code" (type $code (eq $code')))
      (type $operation' (variant (case "read" u64) (case "write" (list u8))))
      (export "operation" (type $operation (eq $operation')))
      (export "[method]i2c.transaction" (func (param "self" (borrow $i2c)) (param "address" u16)
        (param "operations" (list $operation)) (result (result (list (list u8)) (error $code)))))
      (export "[method]i2c.read" (func (param "self" (borrow $i2c)) (param "address" u16) (param "len" u64)
        (result (result (list u8) (error $code)))))))
    (alias export $bus "i2c" (type $i2c))
    (import "wasi:i2c/delay@0.2.0-draft" (instance $delays
      (export "delay" (type $delay (sub resource)))
      (export "[method]delay.delay-ns" (func (param "self" (borrow $delay)) (param "ns" u32)))))
    (alias export $delays "delay" (type $delay))
    (import "busbar:board/i2c@0.1.0" (instance $wires
      (alias outer $guest $i2c (type $i2c))
      (alias outer $guest $delay (type $delay))
      (type $wiring' (record (field "bus" (own $i2c)) (field "address" u16)))
      (export "wiring" (type $wiring (eq $wiring')))
      (type $error' (variant (case "not-found" string) (case "access-denied" string)))
      (export "error" (type $error (eq $error')))
      (export "open" (func (param "name" string) (result (result $wiring (error $error)))))
      (export "open-delay" (func (result (own $delay))))))
    (core func $wire (canon lower (func $wires "open") ${memory}))
    (core func $open-delay (canon lower (func $wires "open-delay")))
    (core func $delay-ns (canon lower (func $delays "[method]delay.delay-ns")))
    (core func $i2c-transaction (canon lower (func $bus "[method]i2c.transaction") ${memory}))
    (core func $i2c-read (canon lower (func $bus "[method]i2c.read") ${memory}))`,
  functions: {
    wire: "(param i32 i32 i32)",
    "open-delay": "(result i32)",
    "delay-ns": "(param i32 i32)",
    "i2c-transaction": "(param i32 i32 i32 i32 i32)",
    "i2c-read": "(param i32 i32 i64 i32)",
  },
};

/** `open-spi` opens the device of a name, whose handle is then at place + 4; `spi-transfer` and `spi-transaction` go over it. */
export const spi: HostPart = {
  component: `
    (import "wasi:spi/spi" (instance $spi
      (export "spi-device" (type $device (sub resource)))
      (type $fault' (variant (case "overrun") (case "mode-fault") (case "frame-format") (case "chip-select-fault")
        (case "other" string)))
      (export "error" (type $fault (eq $fault')))
      (type $step' (variant (case "read" u64) (case "write" (list u8)) (case "transfer" (list u8)) (case "delay-ns" u32)))
      (export "operation" (type $step (eq $step')))
      (type $outcome' (variant (case "read" (list u8)) (case "write") (case "transfer" (list u8)) (case "delay")))
      (export "operation-result" (type $outcome (eq $outcome')))
      (export "[method]spi-device.transfer" (func (param "self" (borrow $device)) (param "data" (list u8))
        (result (result (list u8) (error $fault)))))
      (export "[method]spi-device.transaction" (func (param "self" (borrow $device))
        (param "operations" (list $step)) (result (result (list $outcome) (error $fault)))))
      (export "open" (func (param "name" string) (result (result (own $device) (error $fault)))))))
    (core func $open-spi (canon lower (func $spi "open") ${memory}))
    (core func $spi-transfer (canon lower (func $spi "[method]spi-device.transfer") ${memory}))
    (core func $spi-transaction (canon lower (func $spi "[method]spi-device.transaction") ${memory}))`,
  functions: {
    "open-spi": "(param i32 i32 i32)",
    "spi-transfer": "(param i32 i32 i32 i32)",
    "spi-transaction": "(param i32 i32 i32 i32)",
  },
};

/** `stdout` gives a stream, `print` writes: `(call $print stream pointer length place)`; `drop-stream` gives it back. */
export const stdout: HostPart = {
  component: `
    (import "wasi:io/error@0.2.0" (instance $failures (export "error" (type $failure (sub resource)))))
    (alias export $failures "error" (type $failure))
    (import "wasi:io/streams@0.2.0" (instance $streams
      (export "output-stream" (type $stream (sub resource)))
      (alias outer $guest $failure (type $failure))
      (type $stream-error' (variant (case "last-operation-failed" (own $failure)) (case "closed")))
      (export "stream-error" (type $stream-error (eq $stream-error')))
      (export "[method]output-stream.check-write"
        (func (param "self" (borrow $stream)) (result (result u64 (error $stream-error)))))
      (export "[method]output-stream.write"
        (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))
      (export "[method]output-stream.blocking-write-and-flush"
        (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
    (alias export $streams "output-stream" (type $stream))
    (import "wasi:cli/stdout@0.2.0" (instance $stdout-of
      (alias outer $guest $stream (type $stream))
      (export "get-stdout" (func (result (own $stream))))))
    (core func $stdout (canon lower (func $stdout-of "get-stdout")))
    (core func $drop-stream (canon resource.drop $stream))
    (core func $write (canon lower (func $streams "[method]output-stream.write") ${memory}))
    (core func $print (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") ${memory}))`,
  functions: {
    stdout: "(result i32)",
    "drop-stream": "(param i32)",
    write: "(param i32 i32 i32 i32)",
    print: "(param i32 i32 i32 i32)",
  },
};

/** `now` gives nanoseconds; `after` gives what is ready in so many of them, `block` waits for that, `drop-wait` drops it. */
export const clocks: HostPart = {
  component: `
    (import "wasi:io/poll@0.2.0" (instance $polls
      (export "pollable" (type $pollable (sub resource)))
      (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
    (alias export $polls "pollable" (type $pollable))
    (import "wasi:clocks/monotonic-clock@0.2.0" (instance $monotonic
      (alias outer $guest $pollable (type $pollable))
      (export "now" (func (result u64)))
      (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
    (core func $now (canon lower (func $monotonic "now")))
    (core func $after (canon lower (func $monotonic "subscribe-duration")))
    (core func $block (canon lower (func $polls "[method]pollable.block")))
    (core func $drop-wait (canon resource.drop $pollable))`,
  functions: {
    now: "(result i64)",
    after: "(param i64) (result i32)",
    block: "(param i32)",
    "drop-wait": "(param i32)",
  },
};

/** The error of busbar:device. */
export const deviceError = `
  (type $kind (enum "bus" "arbitration-loss" "no-acknowledge-address" "no-acknowledge-data" "no-acknowledge" "overrun"
    "other"))
  (type $fault (record (field "kind" $kind) (field "message" string)))
  (type $error (variant (case "not-found" string) (case "access-denied" string) (case "wrong-device" string)
    (case "bus" $fault) (case "timeout" string) (case "protocol" string) (case "invalid-argument" string)
    (case "unsupported" string) (case "disconnected" string)))`;

/** `open-sensor` opens a sensor, whose handle is then at place + 4; `read-sensor` reads it. */
export const sensors: HostPart = {
  component: `
    (import "busbar:device/sensor@0.1.0" (instance $sensors
      (export "device" (type $sensor (sub resource)))
      ${deviceError}
      (export "[method]device.read" (func (param "self" (borrow $sensor)) (result (result (list f64) (error $error)))))
      (export "open" (func (param "name" string) (result (result (own $sensor) (error $error)))))))
    (alias export $sensors "device" (type $sensor))
    (core func $open-sensor (canon lower (func $sensors "open") ${memory}))
    (core func $drop-sensor (canon resource.drop $sensor))
    (core func $read-sensor (canon lower (func $sensors "[method]device.read") ${memory}))`,
  functions: {
    "open-sensor": "(param i32 i32 i32)",
    "drop-sensor": "(param i32)",
    "read-sensor": "(param i32 i32)",
  },
};
