// Builds, checks and tests the host on WAMR: everything that .ci/run asks of it. Without cargo or a C compiler it says so, and
// is done: who works on the rest needs neither. With BUSBAR_NATIVE=required that is an error.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { cargo, isRequired, requireCargo, writeCounts } from "../../wasmtime/scripts/cargo.mjs";
import { checkCrates } from "../../wasmtime/scripts/crates.mjs";
import { flattenInto } from "./flatten.mjs";

requireCargo("the host on WAMR");
const compiler = process.env.CC ?? "cc";
if (spawnSync(compiler, ["--version"]).status !== 0) {
  console.log(
    `The C compiler ${compiler} is not installed, so the host on WAMR is not built; on Debian install gcc and libc6-dev.`,
  );
  process.exit(isRequired() ? 1 : 0);
}

const problems = await checkCrates();
// What its tests run; the cache is that of the command, too.
await flattenInto(
  "target/cache",
  globSync("../../packages/{bme280,hts221,models,sht3x,tmp102}/dist/*.wasm").filter(
    (file) => !file.endsWith("-streaming.wasm"),
  ),
);
// First with WAMR built with AddressSanitizer, which then has to be there before all other libraries or be told not to mind.
const sanitized = { BUSBAR_WAMR_SANITIZE: "address", ASAN_OPTIONS: "verify_asan_link_order=0" };
const tests = ["guests", "drivers", "fuzz"].flatMap((test) => ["--test", test]);
if ((await cargo(["test", "--locked", ...tests], sanitized)).code !== 0)
  problems.push("cargo test with AddressSanitizer failed");
let output = "";
for (const step of [
  ["fmt", "--all", "--check"],
  ["clippy", "--locked", "--all-targets", "--", "-D", "warnings"],
  ["test", "--locked", "--no-fail-fast"],
]) {
  const done = await cargo(step);
  if (done.code !== 0) problems.push(`cargo ${step[0]} failed`);
  output += done.output;
}
writeCounts(output);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
