/**
 * Builds the native npm package i2c-bus for the Node that runs this workspace, as the root's postinstall.
 *
 * Its own install script is switched off in pnpm-workspace.yaml, because node-gyp takes the headers that the npm
 * configuration names (`nodedir`), often those of another Node. Here it gets the headers that lie beside the very Node
 * that will load the result.
 *
 * Only SMBus-only adapters need i2c-bus. So nothing here fails an installation: what cannot be built is one line on
 * the console, and the host says the same when somebody opens such an adapter.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const addon = join(root, "host/node/node_modules/i2c-bus");
const BUILD_TIMEOUT_MS = 300_000;

// i2c-bus is an optional dependency, and works on Linux only.
if (process.platform === "linux" && existsSync(addon)) {
  const node = workspaceNode();
  if (!loads(node)) {
    const problem = build(node) ?? (loads(node) ? undefined : "it was built, but does not load");
    if (problem === undefined) console.log("i2c-bus: built.");
    else {
      console.log(
        `i2c-bus: not built (${problem}); only SMBus-only I2C adapters need it: sudo apt install build-essential python3 && node scripts/build-i2c-bus.mjs`,
      );
    }
  }
}

/** The Node of this workspace: during the first `npx pnpm install` another one may be running this script. */
function workspaceNode() {
  const installed = join(root, "node_modules/.bin/node");
  return realpathSync(existsSync(installed) ? installed : process.execPath);
}

/** Whether `node` can load the addon: only trying tells. */
function loads(node) {
  return spawnSync(node, ["-e", `require(${JSON.stringify(addon)})`], { stdio: "ignore" }).status === 0;
}

/** Builds the addon for `node`. Returns `undefined`, or why it is not built: one clause. */
function build(node) {
  const prefix = join(dirname(node), "..");
  const version = spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim();
  if (headersVersion(prefix) !== version) return `${prefix} has no headers of Node ${version}`;
  const nodeGyp = findNodeGyp(node);
  if (nodeGyp === undefined) return "there is no node-gyp: neither npm nor pnpm is on the PATH";
  const [command, ...leading] = nodeGyp;
  const { status, stdout, stderr, error } = spawnSync(
    command,
    [...leading, "rebuild", `--nodedir=${prefix}`],
    {
      cwd: realpathSync(addon),
      encoding: "utf8",
      timeout: BUILD_TIMEOUT_MS,
      // binding.gyp runs `node` as well.
      env: {
        ...process.env,
        npm_config_nodedir: prefix,
        PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`,
      },
    },
  );
  if (status === 0) return undefined;
  return error?.message ?? firstError(`${stdout}\n${stderr}`);
}

/** The version of the Node headers under a prefix; `undefined` where there are none. */
function headersVersion(prefix) {
  const file = join(prefix, "include/node/node_version.h");
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  return ["MAJOR", "MINOR", "PATCH"]
    .map((part) => text.match(new RegExp(`^#define NODE_${part}_VERSION (\\d+)`, "m"))?.[1])
    .join(".");
}

/**
 * node-gyp comes with npm and with pnpm, so it is no dependency of ours. npm and npx name theirs in an environment
 * variable; both put one on the PATH of a lifecycle script; by hand there is the one inside npm.
 */
function findNodeGyp(node) {
  const named = process.env.npm_config_node_gyp;
  if (named !== undefined && existsSync(named)) return [node, named];
  const onPath = findOnPath("node-gyp");
  if (onPath !== undefined) return [onPath];
  const npm = findOnPath("npm");
  if (npm === undefined) return undefined;
  const bundled = join(dirname(realpathSync(npm)), "../node_modules/node-gyp/bin/node-gyp.js");
  return existsSync(bundled) ? [node, bundled] : undefined;
}

function findOnPath(name) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** The line of node-gyp's long output that says what is missing. */
function firstError(output) {
  const lines = output.split("\n").map((line) => line.replace(/^gyp ERR! /, "").trim());
  const line =
    lines.find((text) => /\berror:|not found|could not find|no such file/i.test(text)) ??
    lines.find((text) => text.startsWith("stack Error")) ??
    "node-gyp failed";
  return line.replace(/^stack (Error: )?/, "").slice(0, 200);
}
