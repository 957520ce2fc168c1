/**
 * A program assembled from text, with the imports that the standard libraries of other languages have even where a program
 * only prints: it looks for folders, asks for a terminal, reads its input to the end, prints, and ends itself.
 */

import { parseWat } from "@busbar/jco";

const memory = `(memory (core memory $room "memory")) (realloc (core func $room "realloc"))`;

/** @param version of all interfaces: the adapters' ones differ */
export function textProgram(version: string): Promise<Uint8Array> {
  return parseWat(`(component $program
    (core module $room-code
      (memory (export "memory") 2)
      (global $next (mut i32) (i32.const 65536))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.get $next)
        (global.set $next (i32.add (global.get $next) (local.get 3))))
      (data (i32.const 1024) "hello\\n"))
    (core instance $room (instantiate $room-code))

    (import "wasi:io/error@${version}" (instance $errors (export "error" (type $error (sub resource)))))
    (alias export $errors "error" (type $error))
    (import "wasi:io/streams@${version}" (instance $streams
      (export "input-stream" (type $input (sub resource)))
      (export "output-stream" (type $output (sub resource)))
      (alias outer $program $error (type $error))
      (type $stream-error' (variant (case "last-operation-failed" (own $error)) (case "closed")))
      (export "stream-error" (type $stream-error (eq $stream-error')))
      (export "[method]input-stream.blocking-read"
        (func (param "self" (borrow $input)) (param "len" u64) (result (result (list u8) (error $stream-error)))))
      (export "[method]output-stream.blocking-write-and-flush"
        (func (param "self" (borrow $output)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
    (alias export $streams "input-stream" (type $input))
    (alias export $streams "output-stream" (type $output))
    (import "wasi:cli/stdin@${version}" (instance $stdin
      (alias outer $program $input (type $input))
      (export "get-stdin" (func (result (own $input))))))
    (import "wasi:cli/stdout@${version}" (instance $stdout
      (alias outer $program $output (type $output))
      (export "get-stdout" (func (result (own $output))))))
    (import "wasi:cli/exit@${version}" (instance $exit (export "exit" (func (param "status" (result))))))
    (import "wasi:cli/terminal-output@${version}" (instance $terminal
      (export "terminal-output" (type $terminal-output (sub resource)))))
    (alias export $terminal "terminal-output" (type $terminal-output))
    (import "wasi:cli/terminal-stdout@${version}" (instance $terminal-stdout
      (alias outer $program $terminal-output (type $terminal-output))
      (export "get-terminal-stdout" (func (result (option (own $terminal-output)))))))
    (import "wasi:random/random@${version}" (instance $random (export "get-random-u64" (func (result u64)))))
    (import "wasi:filesystem/types@${version}" (instance $files (export "descriptor" (type $descriptor (sub resource)))))
    (alias export $files "descriptor" (type $descriptor))
    (import "wasi:filesystem/preopens@${version}" (instance $preopens
      (alias outer $program $descriptor (type $descriptor))
      (export "get-directories" (func (result (list (tuple (own $descriptor) string)))))))

    (core func $get-stdin (canon lower (func $stdin "get-stdin")))
    (core func $get-stdout (canon lower (func $stdout "get-stdout")))
    (core func $read (canon lower (func $streams "[method]input-stream.blocking-read") ${memory}))
    (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") ${memory}))
    (core func $end (canon lower (func $exit "exit")))
    (core func $get-terminal (canon lower (func $terminal-stdout "get-terminal-stdout") ${memory}))
    (core func $get-random (canon lower (func $random "get-random-u64")))
    (core func $get-directories (canon lower (func $preopens "get-directories") ${memory}))

    (core module $code
      (import "room" "memory" (memory 2))
      (import "host" "stdin" (func $stdin (result i32)))
      (import "host" "stdout" (func $stdout (result i32)))
      (import "host" "read" (func $read (param i32 i64 i32)))
      (import "host" "write" (func $write (param i32 i32 i32 i32)))
      (import "host" "end" (func $end (param i32)))
      (import "host" "terminal" (func $terminal (param i32)))
      (import "host" "random" (func $random (result i64)))
      (import "host" "directories" (func $directories (param i32)))
      (func $print (param i32 i32) (call $write (call $stdout) (local.get 0) (local.get 1) (i32.const 64)))
      (func (export "run") (result i32)
        (local $in i32)
        (call $terminal (i32.const 16))
        (if (i32.load8_u (i32.const 16)) (then (call $end (i32.const 1))))
        (call $directories (i32.const 24))
        (if (i32.load (i32.const 28)) (then (call $end (i32.const 1))))
        (if (i64.eq (call $random) (call $random)) (then (call $end (i32.const 1))))
        (call $print (i32.const 1024) (i32.const 6))
        (local.set $in (call $stdin))
        (block $closed
          (loop $again
            (call $read (local.get $in) (i64.const 100) (i32.const 32))
            (br_if $closed (i32.load8_u (i32.const 32)))
            (call $print (i32.load (i32.const 36)) (i32.load (i32.const 40)))
            (br $again)))
        ;; The end of the input is "closed", which is the second case.
        (call $end (i32.ne (i32.load8_u (i32.const 36)) (i32.const 1)))
        unreachable))
    (core instance $running (instantiate $code
      (with "room" (instance $room))
      (with "host" (instance
        (export "stdin" (func $get-stdin)) (export "stdout" (func $get-stdout)) (export "read" (func $read))
        (export "write" (func $write)) (export "end" (func $end)) (export "terminal" (func $get-terminal))
        (export "random" (func $get-random)) (export "directories" (func $get-directories))))))
    (func $run (result (result)) (canon lift (core func $running "run")))
    (instance $runs (export "run" (func $run)))
    (export "wasi:cli/run@${version}" (instance $runs)))`);
}
