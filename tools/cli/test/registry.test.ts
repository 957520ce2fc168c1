import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DockerRegistry, dockerRegistry, notInstalled } from "../../registry/test/support/docker-registry.ts";
import { MemoryRegistry } from "../../registry/test/support/memory-registry.ts";
import { bme280, busbar, folderOf, simulatedBoard, slow, workspace } from "./support/busbar.ts";

const driver = join(workspace, "packages/bme280");

describe("with a real registry", { timeout: 2 * slow }, () => {
  let registry: DockerRegistry;
  beforeAll(async () => {
    if (dockerRegistry !== undefined) registry = await DockerRegistry.start();
  });
  afterAll(() => registry?.[Symbol.asyncDispose]());

  test("published by one process, pulled by another with an empty cache, it runs", async ({ skip }) => {
    skip(dockerRegistry === undefined, notInstalled);
    using folder = folderOf({});
    const login = { DOCKER_CONFIG: registry.folder };
    const reference = `oci://${registry.host}/busbar/bme280:0.1.0`;
    const published = await busbar(
      ["publish", "busbar:bme280", driver, "--registry", registry.host, "--json"],
      {
        env: login,
      },
    );
    expect(published).toMatchObject({ code: 0, stderr: "" });
    const { status, reference: pinned } = JSON.parse(published.stdout);
    expect(status).toBe("published");
    expect(pinned).toMatch(/^oci:\/\/.*\/busbar\/bme280:0\.1\.0@sha256:[0-9a-f]{64}$/);

    const board = join(folder.path, "board.json");
    writeFileSync(board, JSON.stringify(simulatedBoard({ driver: reference })));
    const empty = { ...login, XDG_CACHE_HOME: join(folder.path, "cache") };
    const missing = await busbar(["doctor", board], { env: empty });
    expect(missing.stdout).toContain(
      `${reference} is not on this machine yet; run "busbar pull" with the board file.`,
    );
    const read = await busbar(["read", board, "--json"], { env: empty });
    expect(read).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(read.stdout).readings[0].values.temperature).toBeCloseTo(21.5, 1);
    expect(JSON.parse(readFileSync(join(folder.path, "busbar.lock.json"), "utf8")).components).toEqual({
      [reference]: { digest: pinned.slice(pinned.indexOf("@") + 1) },
    });

    // From here on without credentials: what was pulled once is not asked for again.
    const offline = { ...empty, DOCKER_CONFIG: folder.path };
    expect((await busbar(["read", board], { env: offline })).code).toBe(0);
    expect((await busbar(["doctor", board], { env: offline })).stdout).toContain("drives a sensor");
    const cached = await busbar(["pull", board], { env: offline });
    expect(cached.stdout).toBe(`cached  ${sizeOf(bme280)}  ${pinned}\n`);

    const out = join(folder.path, "out.wasm");
    const pulled = await busbar(["pull", "busbar:bme280@0.1.0", "--registry", registry.host, "--out", out], {
      env: login,
    });
    expect(pulled.code).toBe(0);
    expect(readFileSync(out).equals(readFileSync(bme280))).toBe(true);
  });

  test("without credentials: exit code 6, and no cache entry", async ({ skip }) => {
    skip(dockerRegistry === undefined, notInstalled);
    using folder = folderOf({});
    const stranger = { DOCKER_CONFIG: folder.path, XDG_CACHE_HOME: join(folder.path, "cache") };
    const name = `oci://${registry.host}/busbar/closed:0.1.0`;
    const results = await Promise.all([
      busbar(["publish", name, driver], { env: stranger }),
      busbar(["pull", name], { env: stranger }),
    ]);
    for (const { code, stderr } of results) {
      expect(stderr).toBe(
        `busbar: ${registry.host} wants credentials for busbar/closed, and the docker config has none that fit; ` +
          `run "docker login ${registry.host}".\n`,
      );
      expect(code).toBe(6);
    }
    expect(existsSync(join(folder.path, "cache/busbar/registry"))).toBe(false);
  });
});

describe("with a registry in this process", { timeout: 2 * slow }, () => {
  let registry: MemoryRegistry;
  let folder: ReturnType<typeof folderOf>;
  const reference = (name: string) => `oci://${registry.host}/ns/${name}:0.1.0`;
  const environment = () => ({ DOCKER_CONFIG: folder.path, XDG_CACHE_HOME: join(folder.path, "cache") });
  const pins = () =>
    Object.keys(JSON.parse(readFileSync(join(folder.path, "busbar.lock.json"), "utf8")).components).sort();

  beforeEach(async () => {
    registry = await MemoryRegistry.start();
    folder = folderOf({});
    for (const name of ["a", "b"]) {
      const published = await busbar(["publish", reference(name), bme280], { env: environment() });
      expect(published).toMatchObject({ code: 0, stderr: "" });
      writeFileSync(
        join(folder.path, `${name}.json`),
        JSON.stringify(simulatedBoard({ driver: reference(name) })),
      );
    }
  });
  afterEach(async () => {
    folder[Symbol.dispose]();
    await registry[Symbol.asyncDispose]();
  });

  test("two boards of a folder, pulled at once: the lock file has both, and keeps both at an update", async () => {
    const at = { cwd: folder.path, env: environment() };
    const results = await Promise.all(["a.json", "b.json"].map((board) => busbar(["pull", board], at)));
    for (const result of results) expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(pins()).toEqual([reference("a"), reference("b")]);
    expect(await busbar(["pull", "a.json", "--update"], at)).toMatchObject({ code: 0, stderr: "" });
    expect(pins()).toEqual([reference("a"), reference("b")]);
  });

  test("where nothing can be kept, a reading goes on with one line; a pull says that it is for nothing", async () => {
    // Only what is pulled: the other parts of the cache are as always.
    mkdirSync(join(folder.path, "cache/busbar"), { recursive: true, mode: 0o700 });
    const cache = join(folder.path, "cache/busbar/registry");
    writeFileSync(cache, "");
    writeFileSync(join(folder.path, "tmp"), "");
    const at = { cwd: folder.path, env: { ...environment(), TMPDIR: join(folder.path, "tmp") } };
    const problem = `${cache} is no folder: nothing is kept in a cache; set XDG_CACHE_HOME to a folder that only you can write.`;
    const read = await busbar(["read", "a.json", "--json"], at);
    expect(
      read.stderr
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([{ type: "warning", time: expect.any(String), message: problem }]);
    expect(read.code).toBe(0);
    expect(JSON.parse(read.stdout).readings[0].values.temperature).toBeCloseTo(21.5, 1);
    expect((await busbar(["read", "a.json"], at)).stderr).toBe(`busbar: ${problem}\n`);
    expect(await busbar(["pull", "a.json"], at)).toMatchObject({ code: 6, stderr: `busbar: ${problem}\n` });
  });

  test.each([[], ["--json"]])("nothing that it says reaches the terminal raw (%j)", async (...json) => {
    const message = "a\u001b[2J\u009b2J\u202e\u2066\u2028\u2029\u007f\r\nb";
    await using hostile = await MemoryRegistry.start({
      fault: (_seen, response) => {
        response.writeHead(404).end(JSON.stringify({ errors: [{ message }] }));
        return true;
      },
    });
    const result = await busbar(["pull", `oci://${hostile.host}/ns/a:1.0.0`, ...json], {
      env: environment(),
    });
    expect(result.code).toBe(4);
    expect(result.stderr.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
    expect(result.stderr).toContain("u{202e}");
  });
});

describe("without any registry", { timeout: slow }, () => {
  test.each([
    [
      ["publish", "oci://localhost:1/a/b:9.9.9", driver],
      2,
      "says that it is version 0.1.0, not 9.9.9; build it again",
    ],
    [
      ["publish", "a:b", driver],
      2,
      '"a:b" does not say which registry; write "oci://registry/ns/name:version", or add',
    ],
    [["publish", "oci://localhost:1/a/b:latest", driver], 4, "has no valid version"],
    [["pull", "a:b@1.0.0"], 2, '"a:b@1.0.0" does not say which registry; add --registry.'],
    [["pull", "oci://localhost:1/a/b"], 4, "names no version"],
    [["pull", "oci://localhost:1/a/b:1.0.0", "--update"], 2, "--update is for a board file"],
    [["pull", "missing.json"], 3, "the board file missing.json does not exist"],
    [
      ["inspect", "oci://localhost:1/a/b:1.0.0"],
      4,
      'is in a registry, where there is no file to look at; run "busbar pull',
    ],
  ] as const)("busbar %j", async (args, code, problem) => {
    const result = await busbar(args);
    expect(result.stderr).toContain(problem);
    expect(result.code).toBe(code);
  });

  test("a board that names nothing in a registry", async () => {
    using folder = folderOf({ "board.json": simulatedBoard() });
    const { code, stdout } = await busbar(["pull", "board.json"], { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "board.json names nothing in a registry.\n" });
    expect(existsSync(join(folder.path, "busbar.lock.json"))).toBe(false);
  });
});

function sizeOf(file: string): string {
  return `${(readFileSync(file).length / 1e6).toFixed(2)} MB`;
}
