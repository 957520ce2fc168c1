// Builds, checks and tests the native host: everything that .ci/run asks of it. Without cargo it says so, and is done: who
// works on the rest needs no Rust. With BUSBAR_NATIVE=required that is an error.
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cargo, requireCargo, writeCounts } from "./cargo.mjs";
import { checkCrates } from "./crates.mjs";

requireCargo("the native host");

/** Machine code of all components of the workspace and of the lab, for the lab's machine, where compiling takes a minute each. */
function compileDrivers() {
  const folder = resolve("target/drivers");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Those with the asynchronous ABI are compiled by the tests that run them; a flattened one is no component.
  const isPlain = (file) => !/(?:-streaming|\.core)\.wasm$/.test(file);
  const files = globSync(["../../packages/*/dist/*.wasm", "../../tools/lab/dist/composed/*.wasm"])
    .filter(isPlain)
    .map((file) => resolve(file));
  const devices = Object.fromEntries(files.map((driver, index) => [`driver-${index}`, { driver }]));
  const board = join(folder, "board.json");
  writeFileSync(board, JSON.stringify({ devices }));
  const env = { ...process.env, XDG_CACHE_HOME: folder };
  // For any processor of this kind: the lab emulates another one than this machine's.
  const processor = process.arch === "arm64" ? "aarch64" : "x86_64";
  const parameters = [board, "--target", `${processor}-unknown-linux-gnu`];
  const compiler = "target/debug/busbar-wasmtime-compile";
  const { status } = spawnSync(compiler, parameters, { env, stdio: "inherit" });
  if (status !== 0) problems.push("not all components of the workspace compile");
}

const problems = [];
const crates = await checkCrates();
if (crates.length > 0) problems.push(...crates);
const steps = [
  ["fmt", "--all", "--check"],
  ["clippy", "--locked", "--all-targets", "--", "-D", "warnings"],
  // Tests start the commands and the examples.
  ["build", "--locked", "--bins", "--examples"],
];
for (const step of steps) {
  const { code } = await cargo(step);
  if (code !== 0) problems.push(`cargo ${step[0]} failed`);
}
compileDrivers();
// Streams are a feature that the commands do not have: apart, so that these are tested as they are.
const streams = ["--locked", "-p", "busbar-host", "--features", "streams"];
const linted = await cargo(["clippy", ...streams, "--all-targets", "--", "-D", "warnings"]);
if (linted.code !== 0) problems.push("cargo clippy of the streams failed");
const program = await cargo(["build", ...streams, "--example", "print_readings"]);
if (program.code !== 0) problems.push("cargo build of the streams' program failed");
let output = "";
for (const parameters of [
  ["--locked", "--no-fail-fast"],
  [...streams, "--test", "streams"],
]) {
  const tested = await cargo(["test", ...parameters]);
  if (tested.code !== 0) problems.push(`cargo test ${parameters.join(" ")} failed`);
  output += tested.output;
}
writeCounts(output);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
