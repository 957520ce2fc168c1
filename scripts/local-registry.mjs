// An npm registry on this machine with all packages of this checkout, until Ctrl-C: what README.md and
// docs/write-a-driver.md install works from it before anything is published. What is not ours comes from the registry that
// npm is configured for.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNpmRegistry } from "../tools/cli/test/support/npm-registry.ts";

const root = join(import.meta.dirname, "..");
/** verdaccio's own, or another one as the argument; 0 for any that is free. */
const port = Number(process.argv[2] ?? 4873);

const folder = mkdtempSync(join(tmpdir(), "busbar-registry-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const storage = join(folder, "storage");
mkdirSync(storage);

const url = execFileSync("npm", ["config", "get", "registry"], { cwd: folder, encoding: "utf8" }).trim();
// "@acme/..." is what the examples publish themselves.
const upstream = { url, local: ["@busbar/*", "busbar", "@acme/*"] };
const registry = await startNpmRegistry(storage, upstream, port).catch((error) => {
  console.error(
    `Port ${port} cannot be used (${error.code}); end what has it, such as another local registry.`,
  );
  process.exit(1);
});
const npmrc = join(folder, "npmrc");
writeFileSync(npmrc, registry.npmrc);

// This process answers it meanwhile.
const publish = spawn(
  "pnpm",
  ["-r", "publish", "--no-git-checks", "--ignore-scripts", "--registry", registry.url],
  // The list of a hundred files for each package helps nobody here.
  {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, npm_config_userconfig: npmrc },
  },
);
const [code] = await once(publish, "exit");
if (code !== 0) process.exit(1);
console.log(`All packages of this checkout are on ${registry.url} until Ctrl-C. In another terminal:

  export npm_config_userconfig=${npmrc}
`);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(0));
