// What the native host may be made of: crates of crates.io, under licences that its own allows.
import { execFileSync } from "node:child_process";

/** SPDX names that Apache-2.0 code may be linked with statically, as programs that are given away. */
const allowed = new Set([
  "Apache-2.0",
  "Apache-2.0 WITH LLVM-exception",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BSL-1.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unicode-3.0",
  "Unlicense",
  "Zlib",
]);

const registry = "registry+https://github.com/rust-lang/crates.io-index";

/** @returns what is wrong, a sentence each */
export async function checkCrates() {
  const options = { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 };
  const metadata = execFileSync("cargo", ["metadata", "--locked", "--format-version", "1"], options);
  return JSON.parse(metadata).packages.flatMap(({ name, version, source, license }) => {
    const crate = `${name} ${version}`;
    if (source === null) return [];
    if (source !== registry) return [`${crate} is from ${source}, not from crates.io`];
    return isAllowed(license ?? "") ? [] : [`${crate} has the licence ${JSON.stringify(license)}`];
  });
}

/** "MIT OR Apache-2.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0". */
function isAllowed(license) {
  return license.split(" AND ").every((part) =>
    part
      .replace(/^\(|\)$/g, "")
      .split(/ OR |\//)
      .some((name) => allowed.has(name.trim())),
  );
}
