/**
 * Credentials as `docker login` leaves them: in `~/.docker/config.json`, or behind a `docker-credential-*` program.
 *
 * Sources: docker/cli, cli/config/configfile and cli/config/credentials; docker/docker-credential-helpers, README.
 */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { homeFolder } from "@busbar/host-node/cache";
import * as v from "valibot";
import { RegistryError } from "./error.ts";

/** What a registry is shown. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** An OAuth 2 refresh token, which only a token server takes. */
  | { readonly kind: "identity-token"; readonly token: string };

/** Where credentials are looked for. */
export interface CredentialOptions {
  /** The environment: DOCKER_CONFIG, PATH. The process's own by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The longest time that a credential program may take; it may ask a person for a key. 60 s by default. */
  readonly helperTimeoutMs?: number;
}

const auth = v.looseObject({
  auth: v.optional(v.string()),
  username: v.optional(v.string()),
  password: v.optional(v.string()),
  identitytoken: v.optional(v.string()),
});

/** A name that is put into a program's name, and must not become a path. */
const helperName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is no name of a program"));

const configSchema = v.looseObject({
  auths: v.optional(v.record(v.string(), auth), {}),
  credHelpers: v.optional(v.record(v.string(), helperName), {}),
  credsStore: v.optional(v.union([v.literal(""), helperName])),
});

const helperAnswer = v.object({ Username: v.string(), Secret: v.string() });

/** Docker Hub's entry is older than the rule that the key is the host. */
const dockerHub = "https://index.docker.io/v1/";

/**
 * Finds the credentials for a registry.
 *
 * @param registry host and port, as in a reference
 * @returns undefined where there are none
 * @throws RegistryError with reason "local" when the file, or a credential program, cannot be used
 */
export async function findCredentials(
  registry: string,
  options: CredentialOptions = {},
): Promise<Credentials | undefined> {
  const environment = options.environment ?? process.env;
  const file = dockerConfigFile(environment);
  const config = await readConfig(file);
  if (config === undefined) return undefined;
  const key = serverKey(registry);
  // By own entries only: a host may be called "constructor".
  const helpers = new Map(Object.entries(config.credHelpers));
  const helper = helpers.get(registry) ?? helpers.get(key) ?? config.credsStore;
  if (helper !== undefined && helper !== "") {
    const found = await askHelper(helper, key, environment, options.helperTimeoutMs ?? 60_000);
    if (found !== undefined) return found;
  }
  const entry = Object.entries(config.auths).find(([name]) => hostOf(name) === hostOf(key));
  return entry === undefined ? undefined : decode(entry[1], file, registry);
}

/** The file that `docker login` writes: in DOCKER_CONFIG, or ~/.docker. */
export function dockerConfigFile(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment.DOCKER_CONFIG || join(homeFolder(environment) || "/", ".docker"), "config.json");
}

async function readConfig(file: string): Promise<v.InferOutput<typeof configSchema> | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new RegistryError("local", `${file} cannot be read (${code}); mend its permissions.`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Without the cause: its message quotes the text, and that may be a password.
    throw new RegistryError("local", `${file} is not JSON; mend it, or log in again.`);
  }
  const parsed = v.safeParse(configSchema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  // Never the value itself: it may be a password.
  throw new RegistryError(
    "local",
    `${file}: "${v.getDotPath(issue)}" is not as docker writes it; log in again.`,
  );
}

/** The key under which docker keeps a registry. */
function serverKey(registry: string): string {
  return registry === "docker.io" || registry === "index.docker.io" ? dockerHub : registry;
}

/** Keys may be whole URLs: "https://registry.example/v2/". */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function decode(entry: v.InferOutput<typeof auth>, file: string, registry: string): Credentials | undefined {
  if (entry.identitytoken) return { kind: "identity-token", token: entry.identitytoken };
  if (entry.username && entry.password) {
    return { kind: "password", username: entry.username, password: entry.password };
  }
  if (!entry.auth) return undefined;
  const text = Buffer.from(entry.auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1) {
    throw new RegistryError("local", `${file} has no name and password for ${registry}; log in again.`);
  }
  // Docker pads with zero bytes.
  return {
    kind: "password",
    username: text.slice(0, colon),
    password: text.slice(colon + 1).replace(/\0+$/, ""),
  };
}

/** Docker's protocol: "get", the server on stdin, JSON on stdout; exit code 1 and a sentence where there is nothing. */
async function askHelper(
  name: string,
  server: string,
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const { error, stdout } = await run(program, server, environment, timeoutMs);
  if (error !== null) {
    if (/credentials not found/i.test(stdout)) return undefined;
    const { code, killed } = error as { code?: unknown; killed?: boolean };
    const why =
      code === "ENOENT"
        ? "is not installed"
        : killed
          ? `did not answer within ${timeoutMs / 1000} s`
          : `failed (${code})`;
    throw new RegistryError("local", `${program}, which the docker config names, ${why}; log in again.`, {
      cause: error,
    });
  }
  const answer = v.safeParse(helperAnswer, parseJson(stdout));
  if (!answer.success) {
    throw new RegistryError("local", `${program} did not answer with a name and a secret; log in again.`);
  }
  const { Username: username, Secret: secret } = answer.output;
  if (username === "<token>") return { kind: "identity-token", token: secret };
  return { kind: "password", username, password: secret };
}

function run(
  program: string,
  input: string,
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
): Promise<{ error: Error | null; stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      ["get"],
      { env: { ...environment }, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 64 * 1024 },
      (error, stdout) => resolve({ error, stdout }),
    );
    // A program that does not read is no failure of ours: its exit code tells.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
