import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { findCredentials } from "../src/credentials.ts";
import { RegistryError } from "../src/error.ts";
import { TemporaryFolder } from "./support/folder.ts";

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const environment = { DOCKER_CONFIG: folder.path, PATH: `${folder.path}:${process.env.PATH}` };
const basic = Buffer.from("tester:se:cret").toString("base64");
const account = { kind: "password", username: "tester", password: "se:cret" };

function writeConfig(config: unknown): void {
  writeFileSync(
    join(folder.path, "config.json"),
    typeof config === "string" ? config : JSON.stringify(config),
  );
}

function writeHelper(name: string, script: string): void {
  const file = join(folder.path, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const find = (registry: string, helperTimeoutMs = 20_000) =>
  findCredentials(registry, { environment, helperTimeoutMs });

describe("the docker config", () => {
  beforeEach(() => writeConfig({}));

  test("no file is no credentials", async () => {
    const elsewhere = { DOCKER_CONFIG: join(folder.path, "missing") };
    expect(await findCredentials("ghcr.io", { environment: elsewhere })).toBeUndefined();
  });

  test.each(["ghcr.io", "https://ghcr.io", "https://ghcr.io/v2/"])("auths under %s", async (key) => {
    writeConfig({ auths: { "ghcr.io.example": { auth: "eA==" }, [key]: { auth: basic } }, other: true });
    expect(await find("ghcr.io")).toEqual(account);
    expect(await find("ghcr.io:443")).toBeUndefined();
  });

  test("Docker Hub's old key", async () => {
    writeConfig({ auths: { "https://index.docker.io/v1/": { auth: basic } } });
    expect(await find("docker.io")).toEqual(account);
  });

  test("username and password, and an identity token", async () => {
    writeConfig({ auths: { a: { username: "u", password: "p" }, b: { auth: basic, identitytoken: "t" } } });
    expect(await find("a")).toEqual({ kind: "password", username: "u", password: "p" });
    expect(await find("b")).toEqual({ kind: "identity-token", token: "t" });
  });

  test.each([
    ["{", "is not JSON"],
    ['{"auths": "hunter2"}', '"auths" is not as docker writes it'],
    [
      { auths: { a: { auth: Buffer.from("nocolon-hunter2").toString("base64") } } },
      "has no name and password for a",
    ],
    [{ credsStore: "../../bin/hunter2" }, '"credsStore" is not as docker writes it'],
  ])("what is malformed is said without showing a secret: %j", async (config, problem) => {
    writeConfig(config);
    const error = await find("a").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegistryError);
    expect((error as Error).message).toContain(problem);
    expect(`${(error as Error).message}${(error as Error).cause}`).not.toContain("hunter2");
  });
});

describe("a credential program", () => {
  test("gets the server on its input and answers JSON", async () => {
    writeHelper("good", 'read server; echo "{\\"Username\\":\\"$1\\",\\"Secret\\":\\"$server\\"}"');
    writeConfig({ credHelpers: { "ghcr.io": "good" } });
    expect(await find("ghcr.io")).toEqual({ kind: "password", username: "get", password: "ghcr.io" });
  });

  test("is for all registries as credsStore, and may give a token", async () => {
    writeHelper("token", 'echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"abc\\"}"');
    writeConfig({ credsStore: "token" });
    expect(await find("anywhere.example")).toEqual({ kind: "identity-token", token: "abc" });
  });

  test("that has nothing leaves the turn to auths", async () => {
    writeHelper("empty", "echo credentials not found in native keychain; exit 1");
    writeConfig({ credsStore: "empty", auths: { a: { auth: basic } } });
    expect(await find("a")).toEqual(account);
    expect(await find("b")).toBeUndefined();
  });

  test.each([
    ["missing-program", undefined, "is not installed"],
    ["fails", "exit 3", "failed (3)"],
    ["garbage", "echo hello", "did not answer with a name and a secret"],
    ["floods", "yes", "failed (ERR_CHILD_PROCESS_STDIO_MAXBUFFER)"],
  ])("%s", async (name, script, problem) => {
    if (script !== undefined) writeHelper(name, script);
    writeConfig({ credsStore: name });
    await expect(find("a")).rejects.toThrow(problem);
  });

  test("that never answers is ended", async () => {
    writeHelper("hangs", "exec sleep 1000");
    writeConfig({ credsStore: "hangs" });
    await expect(find("a", 30)).rejects.toThrow("did not answer within 0.03 s");
  });
});
