/**
 * Loaded before the command (node --import): lets it see another machine's /dev and /sys than this one's. TEST_MACHINE
 * is JSON: `folders` (names in them), `files` (their text, "" for a device file) and `refused` (paths whose opening
 * fails with EACCES). Everything else is the real file system; the command itself knows nothing of this.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const machine = { folders: {}, files: {}, refused: [], ...JSON.parse(process.env.TEST_MACHINE ?? "{}") };
const other = /^\/(dev|sys)\//;

function fail(code, errno, path) {
  throw Object.assign(new Error(`${code}: ${path}`), { code, errno, path });
}

/** Answers for paths of the other machine, and leaves the rest to the real function. */
function replace(name, answer) {
  const real = fs[name];
  fs[name] = (path, ...rest) => (other.test(String(path)) ? answer(String(path)) : real(path, ...rest));
}

function find(path) {
  if (machine.refused.includes(path)) fail("EACCES", -13, path);
  const found = machine.folders[path] ?? machine.files[path];
  return found ?? fail("ENOENT", -2, path);
}

replace("readdirSync", (path) => machine.folders[path] ?? fail("ENOENT", -2, path));
replace("readFileSync", find);
replace("readlinkSync", find);
replace("accessSync", find);
replace("openSync", (path) => {
  find(path);
  return fail("ENXIO", -6, path);
});
replace("statSync", (path) => {
  if (!machine.refused.includes(path)) find(path);
  return { mode: 0o20600, gid: 0 };
});
syncBuiltinESMExports();
