// Builds, checks and tests the host on WAMR: everything that .ci/run asks of it. Without cargo or a C compiler it says so, and
// is done: who works on the rest needs neither. With BUSBAR_NATIVE=required that is an error.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { BuildError, buildPackage } from "@busbar/build";
import { cargo, leaveOut, requireCargo, testWith, writeCounts } from "../../wasmtime/scripts/cargo.mjs";
import { checkCrates } from "../../wasmtime/scripts/crates.mjs";
import { flattenInto } from "./flatten.mjs";

requireCargo("the host on WAMR");
const compiler = process.env.CC ?? "cc";
if (spawnSync(compiler, ["--version"]).status !== 0)
  leaveOut(
    `The C compiler ${compiler} is not installed, so the host on WAMR is not built; on Debian install gcc and libc6-dev.`,
  );

/**
 * What every command for boards answers alike, so far as this one has it: sensors, in lines and in JSON. The drivers that other
 * tests build for themselves are not flattened.
 */
function testCommand() {
  const alike = [
    "prints a line a reading and then the extremes",
    "--json is a record a line",
    "a reading that failed among --times",
    "busbar run",
  ];
  const command = resolve("target/debug/busbar-wamr");
  if (testWith(command, "busbar", "test/shared/watch.test.ts", "-t", alike.join("|")) !== 0)
    problems.push("the command does not answer as the others do");
}

/**
 * Flattens a driver on MicroQuickJS, for its tests. Where its engine was not compiled, a sentence says so, and they are left out; with
 * BUSBAR_NATIVE=required that is an error.
 *
 * @returns what cargo test leaves out
 */
async function flattenMicro() {
  try {
    const { component } = await buildPackage("../../packages/bme280", {
      engine: "micro",
      outFolder: "target/micro",
    });
    await flattenInto(["target/cache"], [component]);
    return [];
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.log(error.message);
    if (process.env.BUSBAR_NATIVE === "required") problems.push("there is no driver on MicroQuickJS");
    return ["--", "--skip", "on_micro_quick_js"];
  }
}

const problems = await checkCrates();
// What its tests run, and those of the command: each has a cache of its own.
const components = ["bme280", "hts221", "models", "sht3x", "tmp102"].map(
  (name) => `../../packages/${name}/dist/${name}.wasm`,
);
await flattenInto(["target/cache", "../../tools/cli/.cache"], components);
const withoutMicro = await flattenMicro();
// First with WAMR built with AddressSanitizer, which then has to be there before all other libraries or be told not to mind.
const sanitized = { BUSBAR_WAMR_SANITIZE: "address", ASAN_OPTIONS: "verify_asan_link_order=0" };
const tests = ["guests", "drivers", "fuzz"].flatMap((test) => ["--test", test]);
if ((await cargo(["test", "--locked", ...tests, ...withoutMicro], sanitized)).code !== 0)
  problems.push("cargo test with AddressSanitizer failed");
let output = "";
for (const step of [
  ["fmt", "--all", "--check"],
  ["clippy", "--locked", "--all-targets", "--", "-D", "warnings"],
  ["test", "--locked", "--no-fail-fast", ...withoutMicro],
]) {
  const done = await cargo(step);
  if (done.code !== 0) problems.push(`cargo ${step[0]} failed`);
  output += done.output;
}
writeCounts(output);
testCommand();
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
