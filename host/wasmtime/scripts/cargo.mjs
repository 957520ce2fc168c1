// What the checks of all Rust workspaces have in common.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

/** Ends the process where there is no cargo, with a sentence: who works on the rest needs no Rust. `host` is what is not built. */
export function requireCargo(host) {
  if (spawnSync("cargo", ["--version"]).status === 0) return;
  leaveOut(`cargo is not installed, so ${host} is not built; get it from https://rustup.rs to work on it.`);
}

/** Ends the process with why nothing is done here; with BUSBAR_NATIVE=required that is an error. */
export function leaveOut(sentence) {
  console.log(sentence);
  process.exit(process.env.BUSBAR_NATIVE === "required" ? 1 : 0);
}

/** How often tests were run: each run has results of its own. */
let runs = 0;

/**
 * Runs tests of a project against a command of a host. `more` is what their environment has beside.
 *
 * @returns vitest's exit code
 */
export function testWith(command, project, parameters, more = {}) {
  const all = ["run", "--root", "../..", "--project", project, ...parameters];
  runs += 1;
  const results = `native-${runs}`;
  const env = { ...process.env, ...more, BUSBAR_COMMAND: command, BUSBAR_RESULTS: results };
  return spawnSync("vitest", all, { env, stdio: "inherit" }).status ?? 1;
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
