// What "pnpm demo" runs: builds the command and the BME280 driver, and watches a simulated one. The first build takes a while, and on
// a terminal says so.
import { spawn } from "node:child_process";

const [builds, watches] = [
  ["turbo", "run", "build", "--filter=busbar", "--filter=@busbar/bme280", "--output-logs=errors-only"],
  [process.execPath, "tools/cli/bin/busbar.js", "watch", "examples/indoor/board.json", "--times", "5"],
];

/** Runs a command to its end, and tells its exit code. */
function run([command, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.on("error", reject).on("close", (code, signal) => resolve(signal === null ? code : 1));
  });
}

/** Shows that a wait of more than a second is one. */
function showWait(doing) {
  if (!process.stderr.isTTY) return () => {};
  const startMs = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startMs) / 1000);
    process.stderr.write(`\r\u001b[K${doing} ... ${seconds} s`);
  }, 1000);
  return () => {
    clearInterval(timer);
    process.stderr.write("\r\u001b[K");
  };
}

const done = showWait("building the command and the BME280 driver, the first time for a minute");
const built = await run(builds).finally(done);
process.exitCode = built === 0 ? await run(watches) : built;
