// Runs test/shared against the command of the native host, which cargo has built before: see host/wasmtime/scripts/check.mjs.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(
  new URL("../../../host/wasmtime/target/debug/busbar-wasmtime", import.meta.url),
);
if (!existsSync(command)) {
  console.log(
    "The native host is not built, so its command is not tested: npx -y pnpm@12 test:native builds it.",
  );
  process.exit(process.env.BUSBAR_NATIVE === "required" ? 1 : 0);
}
const parameters = ["run", "--root", "../..", "--project", "busbar", "test/shared"];
const env = { ...process.env, BUSBAR_COMMAND: command };
process.exitCode = spawnSync("vitest", parameters, { env, stdio: "inherit" }).status ?? 1;
