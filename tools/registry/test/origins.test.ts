/** Whom the registry's credentials, and the tokens got with them, are shown to: nobody but whom they belong to. */

import { writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createArtifact, digestOf } from "../src/manifest.ts";
import { publishComponent } from "../src/publish.ts";
import { type Pulled, pullComponent } from "../src/pull.ts";
import { BlobStore } from "../src/store.ts";
import { componentBytes } from "./support/component-bytes.ts";
import { TemporaryFolder } from "./support/folder.ts";
import { MemoryRegistry, type MemoryRegistryOptions, type Seen } from "./support/memory-registry.ts";

const component = componentBytes([], ["busbar:device/sensor@0.1.0"]);
const { manifest, config, layer } = createArtifact(component, {
  version: "1.0.0",
  title: "name.wasm",
  created: new Date(0),
  metadata: {},
});

let folder: TemporaryFolder;
let elsewhere: MemoryRegistry;
/** What the other host does with a request. */
let answer: (seen: Seen, response: ServerResponse, host: string) => void;

beforeEach(async () => {
  folder = new TemporaryFolder();
  answer = (_seen, response) => void response.end(component);
  elsewhere = await MemoryRegistry.start({
    fault: (seen, response, host) => {
      answer(seen, response, host);
      return true;
    },
  });
});
afterEach(async () => {
  folder[Symbol.dispose]();
  await elsewhere[Symbol.asyncDispose]();
});

const environment = () => ({ DOCKER_CONFIG: folder.path });

/** A registry with ns/name:1.0.0, and credentials for it in the docker config. */
async function serve(options: MemoryRegistryOptions, entry?: object): Promise<MemoryRegistry> {
  const registry = await MemoryRegistry.start(options);
  registry.manifests.set("1.0.0", Buffer.from(manifest.bytes));
  for (const { bytes } of [config, layer]) registry.blobs.set(digestOf(bytes), Buffer.from(bytes));
  const auth = Buffer.from("tester:secret").toString("base64");
  writeFileSync(
    join(folder.path, "config.json"),
    JSON.stringify({ auths: { [registry.host]: entry ?? { auth } } }),
  );
  return registry;
}

const pull = ({ host }: MemoryRegistry, more: Record<string, string> = {}): Promise<Pulled> =>
  pullComponent(
    { registry: host, repository: "ns/name", version: "1.0.0" },
    new BlobStore(join(folder.path, "store")),
    {
      environment: { ...environment(), ...more },
    },
  );

const isLayer = ({ method, path }: Seen) => method === "GET" && path.endsWith(layer.descriptor.digest);

/** Sends for one blob to the other host. */
const sendingAway: NonNullable<MemoryRegistryOptions["fault"]> = (seen, response) => {
  if (!isLayer(seen) || seen.authorization === undefined) return false;
  response.writeHead(307, { location: `http://${elsewhere.host}/cdn` }).end();
  return true;
};

/** Nothing of ours in any request that the other host got, wherever in it. */
function expectNothingShown(): void {
  for (const { authorization, path, body } of elsewhere.seen) {
    expect(authorization).toBeUndefined();
    expect(`${path}${body}`).not.toMatch(/secret|identity|t0ken|dGVzdGVy/);
  }
}

describe.each(["basic", "bearer"] as const)("%s: a host that the registry sends to", (auth) => {
  test("gets no credentials", async () => {
    await using registry = await serve({ auth, fault: sendingAway });
    expect((await pull(registry)).bytes).toEqual(component);
    expect(elsewhere.log).toEqual(["GET /cdn"]);
    expectNothingShown();
  });

  test.each([
    ["Basic", () => 'Basic realm="x"'],
    ["a token from itself", () => `Bearer realm="http://${elsewhere.host}/token"`],
    ["a token from the registry's server", (host: string) => `Bearer realm="http://${host}/token"`],
  ])("and asks for them (%s) gets none, nor makes us ask for a token", async (_what, challenge) => {
    await using registry = await serve({ auth, fault: sendingAway });
    answer = (_seen, response) =>
      void response.writeHead(401, { "www-authenticate": challenge(registry.host) }).end();
    const before = () => registry.seen.filter(({ path }) => path.startsWith("/token")).length;
    await expect(pull(registry)).rejects.toThrow(
      `${registry.host} sends to ${elsewhere.host}, which wants credentials, and gets none of ${registry.host}; ask who runs it.`,
    );
    expect(elsewhere.log).toEqual(["GET /cdn"]);
    expectNothingShown();
    expect(before()).toBe(auth === "bearer" ? 1 : 0);
  });

  test("and sends back does not get a request of its own making signed", async () => {
    await using registry = await serve({ auth, fault: sendingAway });
    answer = (_seen, response) =>
      void response.writeHead(307, { location: `http://${registry.host}/v2/private/secrets` }).end();
    await expect(pull(registry)).rejects.toThrow();
    const asked = registry.seen.filter(({ path }) => path === "/v2/private/secrets");
    expect(asked[0]?.authorization).toBeUndefined();
  });

  test("to upload to gets no credentials, also where it asks for them", async () => {
    await using registry = await serve({
      auth,
      fault: ({ method, authorization }, response) => {
        if (method !== "POST" || authorization === undefined) return false;
        response.writeHead(202, { location: `http://${elsewhere.host}/upload` }).end();
        return true;
      },
    });
    registry.manifests.clear();
    registry.blobs.clear();
    answer = (_seen, response) =>
      void response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    const reference = { registry: registry.host, repository: "ns/name", version: "1.0.0" };
    await expect(publishComponent(component, reference, { environment: environment() })).rejects.toThrow(
      `sends to ${elsewhere.host}, which wants credentials, and gets none`,
    );
    expect(elsewhere.log).toEqual(["PUT /upload"]);
    expectNothingShown();
  });
});

test("an upload that is redirected elsewhere is not sent there", async () => {
  await using registry = await serve({
    fault: ({ method }, response) => {
      if (method !== "PUT") return false;
      response.writeHead(307, { location: `http://${elsewhere.host}/upload` }).end();
      return true;
    },
  });
  registry.manifests.clear();
  registry.blobs.clear();
  const reference = { registry: registry.host, repository: "ns/name", version: "1.0.0" };
  await expect(publishComponent(component, reference, { environment: environment() })).rejects.toThrow(
    "where an upload is not followed to",
  );
  expect(elsewhere.seen).toEqual([]);
});

test("a host that the registry sends to and that refuses is no reason to log in there", async () => {
  await using registry = await serve({ auth: "basic", fault: sendingAway });
  answer = (_seen, response) => void response.writeHead(403).end();
  await expect(pull(registry)).rejects.toThrow(
    `${registry.host} sends to ${elsewhere.host} for ns/name@${layer.descriptor.digest}, which answers 403; try again, or ask who runs it.`,
  );
});

describe("a token server of another origin", () => {
  /** Wants a token from the other host, and takes the one that it gives. */
  const foreignRealm: NonNullable<MemoryRegistryOptions["fault"]> = ({ authorization }, response) => {
    if (authorization === "Bearer public") return false;
    response
      .writeHead(401, { "www-authenticate": `Bearer realm="http://${elsewhere.host}/token",service="x"` })
      .end();
    return true;
  };
  const giveToken = (_seen: Seen, response: ServerResponse) => void response.end('{"token":"public"}');

  test("is asked without credentials, which is enough for what everybody may have", async () => {
    await using registry = await serve({ fault: foreignRealm });
    answer = giveToken;
    expect((await pull(registry)).bytes).toEqual(component);
    expect(elsewhere.log).toEqual(["GET /token"]);
    expectNothingShown();
  });

  test.each([
    ["a password", undefined, 401],
    ["an identity token", { identitytoken: "identity" }, 403],
  ])("that refuses that is not shown %s; it is said how it would be", async (_what, entry, status) => {
    await using registry = await serve({ fault: foreignRealm }, entry);
    answer = (_seen, response) => void response.writeHead(status).end();
    await expect(pull(registry)).rejects.toThrow(
      `${registry.host} sends for a token for ns/name to ${elsewhere.host}, which is not shown the docker config's credentials; ` +
        `if it is who should have them, set BUSBAR_TOKEN_SERVERS=${registry.host}=${elsewhere.host}.`,
    );
    expect(elsewhere.log).toEqual(["GET /token"]);
    expectNothingShown();
  });

  test.each([401, 403])("whose token is not enough (%i) is not shown them either", async (status) => {
    await using registry = await serve({
      fault: (seen, response, host) => {
        if (seen.authorization === undefined) return foreignRealm(seen, response, host);
        response.writeHead(status).end();
        return true;
      },
    });
    answer = giveToken;
    await expect(pull(registry)).rejects.toThrow("which is not shown the docker config's credentials");
    expectNothingShown();
  });

  test("that the operator names gets them", async () => {
    await using registry = await serve({ fault: foreignRealm });
    answer = giveToken;
    const named = { BUSBAR_TOKEN_SERVERS: `${registry.host}=${elsewhere.host}` };
    expect((await pull(registry, named)).bytes).toEqual(component);
    expect(elsewhere.seen[0]?.authorization).toMatch(/^Basic /);
  });
});

test("a token server that sends elsewhere is not followed", async () => {
  await using registry = await serve({
    auth: "bearer",
    fault: ({ path }, response) => {
      if (!path.startsWith("/token")) return false;
      response.writeHead(307, { location: `http://${elsewhere.host}/token` }).end();
      return true;
    },
  });
  await expect(pull(registry)).rejects.toThrow(
    `${registry.host} redirects to http://${elsewhere.host}, where no credentials are sent to`,
  );
  expect(elsewhere.seen).toEqual([]);
});

test("a registry that asks for a token for something else gets one for what is pulled", async () => {
  await using registry = await serve({
    auth: "bearer",
    fault: ({ path, authorization }, response, host) => {
      if (path.startsWith("/token") || authorization !== undefined) return false;
      const scope = "repository:ns/private:pull,push,delete registry:catalog:*";
      response
        .writeHead(401, { "www-authenticate": `Bearer realm="http://${host}/token",scope="${scope}"` })
        .end();
      return true;
    },
  });
  await pull(registry);
  const asked = registry.seen.filter(({ path }) => path.startsWith("/token"));
  expect(asked.map(({ path }) => new URL(path, "http://x").searchParams.getAll("scope"))).toEqual([
    ["repository:ns/name:pull"],
  ]);
});
