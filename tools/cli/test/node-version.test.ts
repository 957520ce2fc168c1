import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transform } from "rolldown/utils";
import { describe, expect, test } from "vitest";
import { starter } from "../src/bundle/starter.ts";
import { folderOf, slow, workspace } from "./support/busbar.ts";

/** What is started by a person's own Node, whichever that is. */
const entries: Record<string, string> = {
  busbar: readFileSync(join(workspace, "tools/cli/bin/busbar.js"), "utf8"),
  "busbar-build": readFileSync(join(workspace, "tools/build/bin/busbar-build.js"), "utf8"),
  "create-driver": readFileSync(join(workspace, "tools/create-driver/bin/create-driver.js"), "utf8"),
  "busbar.mjs of a bundle": starter,
};

const sentence = (version: string) =>
  `This is Node ${version}, and busbar needs Node 25 or newer; install one: https://nodejs.org.`;

/** An older Node of this machine, where there is one. */
function oldNode(): string | undefined {
  const found = ["/usr/bin/node", "/usr/local/bin/node"].filter((path) => existsSync(path));
  return found.find((path) => {
    const version = execFileSync(path, ["--version"], { encoding: "utf8" });
    return Number(/^v(\d+)/.exec(version)![1]) < 25;
  });
}

/** Makes this Node say that it is another one. */
const pretend =
  'data:text/javascript,Object.defineProperty(process,"version",{value:"v18.0.0"});Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.0.0"}});';

/** What each of them loads on a Node that is new enough. */
const loaded: Record<string, string> = {
  "busbar.mjs of a bundle": "node_modules/@busbar/host-node/dist/bundle/check.js",
};

test("the commands' files differ in what they load only", () => {
  const [first, ...others] = ["busbar", "busbar-build", "create-driver"].map((name) =>
    entries[name]!.replace(/ {2}import\([^;]*;\n/, ""),
  );
  expect(first).not.toContain("import(");
  for (const other of others) expect(other).toBe(first);
});

test.each(Object.keys(entries))("%s that never ends and waits for nothing is no success", (name) => {
  using folder = folderOf({ "package.json": { type: "module" }, "bin/entry.mjs": entries[name]! });
  const file = join(folder.path, "bin", loaded[name] ?? "../dist/main.js");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "await new Promise(() => {});");
  const { status } = spawnSync(process.execPath, [join(folder.path, "bin/entry.mjs")]);
  expect(status).toBe(13);
});

describe.each(Object.keys(entries))("%s on an older Node", (name) => {
  const text = entries[name]!;

  test("is syntax that a Node of ten years knows", async () => {
    const plain = async (target: string) => (await transform("entry.mjs", text, { target })).code;
    expect(await plain("es2018")).toBe(await plain("esnext"));
    // All that is imported at once is Node's own.
    for (const [, from] of text.matchAll(/^import .* from "([^"]+)"/gm)) expect(from).toMatch(/^node:/);
  });

  test("says so in one sentence, with the version found and what to do", { timeout: slow }, () => {
    using folder = folderOf({ "entry.mjs": text });
    const run = (node: string, ...args: string[]) =>
      spawnSync(node, [...args], { encoding: "utf8", cwd: folder.path });
    const plain = run(process.execPath, "--import", pretend, "entry.mjs", "read");
    expect(plain.stderr).toBe(`busbar: ${sentence("v18.0.0")}\n`);
    expect([plain.status, plain.stdout]).toEqual([6, ""]);
    const json = run(process.execPath, "--import", pretend, "entry.mjs", "read", "--json");
    expect(JSON.parse(json.stderr)).toMatchObject({ type: "error", code: "backend", exitCode: 6 });
    const old = oldNode();
    if (old === undefined) return;
    expect(run(old, "entry.mjs", "read").stderr).toMatch(
      /^busbar: This is Node v[\d.]+, and busbar needs Node 25 or newer; .*\n$/,
    );
  });
});

test.runIf(oldNode() !== undefined)(
  "a program of an older Node that uses the host is told by openBoard",
  () => {
    const program = `import { openBoard } from ${JSON.stringify(join(workspace, "host/node/dist/index.js"))};
    openBoard("board.json").catch(({ message }) => console.log(message));`;
    const { stdout, stderr } = spawnSync(oldNode()!, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^This is Node v[\d.]+, and busbar needs Node 25 or newer; .*\n$/);
  },
);

test("every published package says which Node it takes", () => {
  const manifests = ["wit", "packages/*", "host/*", "tools/*"].flatMap((folder) =>
    globSync(join(workspace, folder, "package.json")),
  );
  const published = manifests.flatMap((path) => {
    const manifest = JSON.parse(readFileSync(path, "utf8")) as {
      name: string;
      private?: boolean;
      engines?: object;
    };
    return manifest.private ? [] : [manifest];
  });
  expect(published.length).toBeGreaterThan(20);
  for (const { name, engines } of published) expect([name, engines]).toEqual([name, { node: ">=25" }]);
});
