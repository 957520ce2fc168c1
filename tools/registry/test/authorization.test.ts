import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { publishComponent } from "../src/publish.ts";
import { pullComponent } from "../src/pull.ts";
import { BlobStore } from "../src/store.ts";
import { componentBytes } from "./support/component-bytes.ts";
import { TemporaryFolder } from "./support/folder.ts";
import { MemoryRegistry, type MemoryRegistryOptions } from "./support/memory-registry.ts";

const component = componentBytes([], ["busbar:device/sensor@0.1.0"]);

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

function logIn(host: string, entry: object): void {
  writeFileSync(join(folder.path, "config.json"), JSON.stringify({ auths: { [host]: entry } }));
}

const password = (text: string) => ({ auth: Buffer.from(text).toString("base64") });
const options = () => ({ environment: { DOCKER_CONFIG: folder.path } });
const publish = ({ host }: MemoryRegistry) =>
  publishComponent(component, { registry: host, repository: "ns/name", version: "1.0.0" }, options());

test.each(["basic", "bearer"] as const)("%s: asked once for each right, then remembered", async (auth) => {
  await using registry = await MemoryRegistry.start({ auth });
  logIn(registry.host, password("tester:secret"));
  const { reference } = await publish(registry);
  await pullComponent(reference, new BlobStore(join(folder.path, "store")), options());
  const tokens = registry.seen.filter(({ path }) => path.startsWith("/token")).map(({ path }) => path);
  expect(tokens).toEqual(
    auth === "basic"
      ? []
      : ["pull", "pull%2Cpush", "pull"].map(
          (right) => `/token?service=memory&scope=repository%3Ans%2Fname%3A${right}`,
        ),
  );
  // Publishing meets a challenge for reading and one for writing, pulling one for reading.
  const unasked = registry.seen.filter(
    ({ authorization, path }) => authorization === undefined && !path.startsWith("/token"),
  );
  expect(unasked).toHaveLength(3);
});

test("an identity token goes to the token server, in the body", async () => {
  await using registry = await MemoryRegistry.start({ auth: "bearer" });
  logIn(registry.host, { identitytoken: "identity" });
  await publish(registry);
  const [first] = registry.seen.filter(({ path }) => path.startsWith("/token"));
  expect(first).toMatchObject({ method: "POST", path: "/token", authorization: undefined });
  expect(Object.fromEntries(new URLSearchParams(first?.body.toString()))).toEqual({
    service: "memory",
    scope: "repository:ns/name:pull",
    grant_type: "refresh_token",
    refresh_token: "identity",
    client_id: "busbar",
  });
});

test.each(["basic", "bearer"] as const)("%s: a wrong password", async (auth) => {
  await using registry = await MemoryRegistry.start({ auth });
  logIn(registry.host, password("tester:wrong"));
  await expect(publish(registry)).rejects.toThrow(
    `${registry.host} refuses the docker config's credentials for ns/name; run "docker login ${registry.host}".`,
  );
});

test("the password of another registry is not shown", async () => {
  await using registry = await MemoryRegistry.start({ auth: "basic" });
  logIn("ghcr.io", password("tester:secret"));
  await expect(publish(registry)).rejects.toThrow("the docker config has none that fit");
  expect(registry.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
});

const challenge = (text: string): NonNullable<MemoryRegistryOptions["fault"]> => {
  return ({ path }, response) => {
    if (path.startsWith("/token")) return false;
    response.writeHead(401, { "www-authenticate": text }).end();
    return true;
  };
};

test.each(["http://example.com/token", "file:///etc/passwd", "nowhere", "https://a:b@example.com/"])(
  "no password is sent to a token server at %s",
  async (realm) => {
    await using registry = await MemoryRegistry.start({ fault: challenge(`Bearer realm="${realm}"`) });
    logIn(registry.host, password("tester:secret"));
    await expect(publish(registry)).rejects.toThrow("which is no HTTPS address; ask who runs it.");
  },
);

test.each([
  ["no JSON", "<html>"],
  ["no token in it", "{}"],
  ["a token that would split a header", JSON.stringify({ token: "a\r\nX-Evil: 1" })],
  ["an endless answer", " ".repeat(300_000)],
])("a token server that answers %s", async (_what, body) => {
  await using registry = await MemoryRegistry.start({
    fault: ({ path }, response, host) => {
      if (path.startsWith("/token")) response.end(body);
      else response.writeHead(401, { "www-authenticate": `Bearer realm="http://${host}/token"` }).end();
      return true;
    },
  });
  await expect(publish(registry)).rejects.toThrow(
    "answers with something that is no token; ask who runs it.",
  );
});

test("a token that runs out in the middle is got anew", async () => {
  let refusals = 0;
  await using registry = await MemoryRegistry.start({
    auth: "bearer",
    fault: ({ method }, response, host) => {
      if (method !== "POST" || refusals > 0) return false;
      refusals += 1;
      response.writeHead(401, { "www-authenticate": `Bearer realm="http://${host}/token"` }).end();
      return true;
    },
  });
  logIn(registry.host, password("tester:secret"));
  expect((await publish(registry)).wasThere).toBe(false);
});
