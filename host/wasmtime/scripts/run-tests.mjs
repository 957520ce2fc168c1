// Runs tests of another package against the commands of the native host, which check.mjs has built before:
// "run-tests.mjs @busbar/hostile test/native". Where they are not built it says so, and is done; with
// BUSBAR_NATIVE=required that is an error.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { leaveOut, testWith } from "./cargo.mjs";

const [project, ...files] = process.argv.slice(2);
const command = fileURLToPath(new URL("../target/debug/busbar-wasmtime", import.meta.url));
if (!existsSync(command))
  leaveOut(
    "The native host is not built, so nothing is tested with it: npx -y pnpm@12 test:native builds it.",
  );
process.exitCode = testWith(command, project, files);
