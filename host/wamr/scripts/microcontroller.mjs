// Builds the firmware for a board file, and runs it in QEMU: docs/microcontroller.md.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { requireCargo } from "../../wasmtime/scripts/cargo.mjs";

requireCargo("the firmware");
const [board] = process.argv.slice(2);
if (board === undefined) {
  console.error("Name a board file.");
  process.exit(2);
}
const target = "thumbv7em-none-eabi";
const env = {
  ...process.env,
  // pnpm runs this in its package's folder; a path is meant from where it was called.
  BUSBAR_BOARD: resolve(process.env.INIT_CWD ?? "", board),
  BUSBAR_WAMR_COMPILE: resolve("target/debug/busbar-wamr-compile"),
};
const firmware = `target/microcontroller/${target}/release/busbar-microcontroller`;
const built = ["--release", "--target", target, "--target-dir", "target/microcontroller"];
const steps = [
  ["cargo", "build", "--quiet", "--locked", "--package", "busbar-wamr-compile"],
  ["cargo", "build", "--quiet", "--locked", "--package", "busbar-microcontroller", ...built],
  [
    "qemu-system-arm",
    ...["-machine", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none"],
    ...["-semihosting-config", "enable=on,target=native", "-kernel", firmware],
  ],
];
for (const [command, ...args] of steps) {
  const { status, error } = spawnSync(command, args, { env, stdio: "inherit" });
  if (error !== undefined) console.error(`${command} does not start (${error.message}).`);
  if (status !== 0) process.exit(status ?? 1);
}
console.log(`The firmware is ${resolve(firmware)}.`);
