// Builds, checks and tests the host on WAMR: everything that .ci/run asks of it. Without cargo or a C compiler it says so, and
// is done: who works on the rest needs neither. With BUSBAR_NATIVE=required that is an error.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { resolve } from "node:path";
import { cargo, leaveOut, requireCargo, testWith, writeCounts } from "../../wasmtime/scripts/cargo.mjs";
import { checkCrates } from "../../wasmtime/scripts/crates.mjs";
import { flattenInto } from "./flatten.mjs";
import { buildMicro } from "./micro.mjs";

requireCargo("the host on WAMR");
const cCompiler = process.env.CC ?? "cc";
if (spawnSync(cCompiler, ["--version"]).status !== 0)
  leaveOut(
    `The C compiler ${cCompiler} is not installed, so the host on WAMR is not built; on Debian install gcc and libc6-dev.`,
  );

/** Whether machine code can be made here; where it cannot, that is said, or with BUSBAR_NATIVE=required a problem. */
function hasLlvm() {
  if (spawnSync(process.env.LLVM_CONFIG ?? "llvm-config-19", ["--version"]).status === 0) return true;
  const sentence =
    "LLVM 19 is not installed, so machine code is neither made nor tested; on Debian install llvm-19-dev and g++.";
  if (process.env.BUSBAR_NATIVE === "required") problems.push(sentence);
  else console.log(sentence);
  return false;
}

/** What every command for boards answers alike, so far as this one has it, and what hostile components come to. */
function testCommand() {
  const command = resolve("target/debug/busbar-wamr");
  const whole = [
    "apps",
    "call",
    "closed-output",
    "doctor",
    "gpio",
    "inspect",
    "one-fails",
    "run-once",
    "scan",
    "spi",
    "stop",
  ];
  const parts = ["complain", "watch"];
  const alike = [
    "what is not granted is said and allowed",
    "prints a line a reading and then the extremes",
    "--json is a record a line",
    "a reading that failed among --times",
    "busbar run",
  ];
  const files = (names) => names.map((name) => `test/shared/${name}.test.ts`);
  for (const parameters of [files(whole), [...files(parts), "-t", alike.join("|")]])
    if (testWith(command, "busbar", parameters, { BUSBAR_FLATTENED: "1" }) !== 0)
      problems.push(`the command does not answer as the others do: ${parameters.join(" ")}`);
  if (testWith(command, "@busbar/hostile", ["test/native/"]) !== 0)
    problems.push("not each hostile component ends in its sentence");
}

/** The firmware for a microcontroller is looked at as its own test built it: for that machine, and with a board. */
async function lintFirmware() {
  const board = resolve("target/tmp/bme280/board.json");
  if (!existsSync(board)) return;
  const compiler = resolve("target/debug/busbar-wamr-compile");
  const env = {
    CARGO_TARGET_DIR: "target/microcontroller",
    BUSBAR_BOARD: board,
    BUSBAR_WAMR_COMPILE: compiler,
  };
  const firmware = ["--package", "busbar-microcontroller", "--release", "--target", "thumbv7em-none-eabi"];
  if ((await cargo(["clippy", "--locked", ...firmware, "--", "-D", "warnings"], env)).code !== 0)
    problems.push("cargo clippy of the firmware failed");
}

const problems = await checkCrates();
// What its tests run, and those of the command: each has a cache of its own.
const components = globSync("../../packages/*/dist/*.wasm").filter(
  (file) => !/(?:-streaming|\.core)\.wasm$/.test(file),
);
await flattenInto(["target/cache", "../../tools/cli/.cache"], components);
// Where the engine was not compiled, what needs a driver on MicroQuickJS is left out.
const noMicro = await buildMicro("bme280", "target/micro", "target/cache");
if (noMicro !== undefined) {
  console.log(noMicro);
  if (process.env.BUSBAR_NATIVE === "required") problems.push("there is no driver on MicroQuickJS");
}
const withoutMicro = noMicro === undefined ? [] : ["--", "--skip", "on_micro_quick_js"];
// With LLVM its compiler is a part of it: what is tested is tested with machine code, too.
const all = hasLlvm() ? ["-p", "busbar-wamr", "-p", "busbar-wamr-compile"] : [];
if ((await cargo(["build", "--locked", "--bins", "--examples", ...all])).code !== 0)
  problems.push("cargo build failed");
// First with WAMR built with sanitizers: AddressSanitizer has to be there before all other libraries or be told not to mind.
const sanitized = { BUSBAR_WAMR_SANITIZE: "address,undefined", ASAN_OPTIONS: "verify_asan_link_order=0" };
const tests = ["guests", "drivers", "apps", "usb", "conformance", "fuzz"].flatMap((test) => ["--test", test]);
if ((await cargo(["test", "--locked", ...tests, ...withoutMicro], sanitized)).code !== 0)
  problems.push("cargo test with sanitizers failed");
let output = "";
for (const step of [
  ["fmt", "--all", "--check"],
  ["clippy", "--locked", ...all, "--all-targets", "--", "-D", "warnings"],
  ["test", "--locked", "--no-fail-fast", ...withoutMicro],
]) {
  const done = await cargo(step);
  if (done.code !== 0) problems.push(`cargo ${step[0]} failed`);
  output += done.output;
}
writeCounts(output);
testCommand();
await lintFirmware();
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
