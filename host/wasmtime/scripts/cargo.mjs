// What the checks of all Rust workspaces have in common.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

/** Ends the process where there is no cargo, with a sentence: who works on the rest needs no Rust. `host` is what is not built. */
export function requireCargo(host) {
  if (spawnSync("cargo", ["--version"]).status === 0) return;
  console.log(
    `cargo is not installed, so ${host} is not built; get it from https://rustup.rs to work on it.`,
  );
  process.exit(isRequired() ? 1 : 0);
}

/** Whether what is missing is an error: with BUSBAR_NATIVE=required. */
export function isRequired() {
  return process.env.BUSBAR_NATIVE === "required";
}

/**
 * Runs cargo to its end; its output is shown, and kept. `env` is what its environment has beside this process's.
 *
 * @returns its exit code, and what it printed on stdout
 */
export async function cargo(args, env = {}) {
  console.log(`cargo ${args.join(" ")}`);
  const child = spawn("cargo", args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, output };
}

/** Writes the counts of "test result: ok. 5 passed; 0 failed; ...", once for each binary of tests, where .ci/run looks for them. */
export function writeCounts(output) {
  const counts = [...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)];
  const sum = (group) => counts.reduce((total, each) => total + Number(each[group]), 0);
  mkdirSync("test-results", { recursive: true });
  writeFileSync(
    "test-results/cargo.json",
    JSON.stringify({ numPassedTests: sum(1), numFailedTests: sum(2) }),
  );
}
