import { writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createArtifact, digestOf } from "../src/manifest.ts";
import { pullComponent } from "../src/pull.ts";
import { coreModule } from "./support/component-bytes.ts";
import { TemporaryFolder } from "./support/folder.ts";
import { MemoryRegistry, type Seen } from "./support/memory-registry.ts";
import {
  always,
  component,
  config,
  expectRefusal,
  isLayer,
  isManifest,
  layer,
  manifest,
  obeyed,
  pull,
  serve,
  useWorld,
  world,
} from "./support/world.ts";

useWorld();

test("without a fault it is pulled, once", async () => {
  await using registry = await serve(() => false);
  const first = await pull(registry);
  expect(first).toMatchObject({ bytes: component, component: layer.descriptor.digest, wasCached: false });
  expect(registry.log).toEqual([
    "GET /v2/ns/name/manifests/1.0.0",
    "GET /v2/ns/name/blobs/DIGEST",
    "GET /v2/ns/name/blobs/DIGEST",
  ]);
  const asked = registry.seen.length;
  const second = await pullComponent(first.reference, world.store, world.options);
  expect(second).toMatchObject({ bytes: first.bytes, wasCached: true });
  expect(registry.seen.length).toBe(asked);
  expect(world.folder.files).toEqual(
    [manifest, layer].map(({ descriptor }) => descriptor.digest.slice(7)).sort(),
  );
});

describe("answers", () => {
  const answer = (status: number, headers: Record<string, string> = {}, body = "") =>
    always(isManifest, (response) => void response.writeHead(status, headers).end(body));

  test.each([
    [404, "not-found", /has no ns\/name:1\.0\.0; check the name/],
    [403, "denied", /does not allow ns\/name:1\.0\.0; log in/],
    [418, "registry", /answers 418 for ns\/name:1\.0\.0; check that it is an OCI registry/],
  ] as const)("%i is not tried again", async (status, reason, text) => {
    await using registry = await serve(answer(status));
    await expectRefusal(pull(registry), reason, text);
    expect(registry.seen.length).toBe(1);
  });

  test("401 without credentials", async () => {
    await using registry = await serve(answer(401, { "www-authenticate": 'Basic realm="x"' }));
    await expectRefusal(pull(registry), "denied", /wants credentials for ns\/name.*run "docker login 127/);
  });

  test("401 in a way that nobody knows", async () => {
    await using registry = await serve(answer(401, { "www-authenticate": "Negotiate" }));
    await expectRefusal(
      pull(registry),
      "registry",
      /asks for credentials in a way that is not known \("Negotiate"\)/,
    );
  });

  test.each([
    [429, /is asked too often \(429\); try again later/],
    [500, /fails at ns\/name:1\.0\.0 \(500\); try again later/],
    [503, /fails at ns\/name:1\.0\.0 \(503\)/],
  ])("%i is tried four times, with growing world.waits", async (status, text) => {
    await using registry = await serve(answer(status));
    await expectRefusal(pull(registry), "registry", text);
    expect(registry.seen.length).toBe(4);
    expect(world.waits).toEqual([1000, 2000, 4000]);
  });

  test("429 with Retry-After world.waits as long as that, and goes on", async () => {
    let asked = 0;
    await using registry = await serve((seen, response) => {
      asked += 1;
      if (asked > 2 || !isManifest(seen)) return false;
      response.writeHead(429, { "retry-after": "7" }).end();
      return true;
    });
    expect((await pull(registry)).bytes).toEqual(component);
    expect(world.waits).toEqual([7000, 7000]);
  });

  test("429 that asks for an hour is told at once", async () => {
    await using registry = await serve(answer(429, { "retry-after": "3600" }));
    await expectRefusal(pull(registry), "registry", /try again later \(it asks to wait 3600 s\)/);
    expect(world.waits).toEqual([]);
  });

  test("what a registry says is shown as one short line", async () => {
    const message = `no\n\u001b[2J${"x".repeat(10_000)}`;
    await using registry = await serve(
      answer(404, {}, JSON.stringify({ errors: [{ code: "NO", message }] })),
    );
    await expectRefusal(pull(registry), "not-found", /\("no\\u\{a\}\\u\{1b\}\[2Jx{190,200}…"\)/);
  });

  test.each([
    ["in a message", (text: string) => JSON.stringify({ errors: [{ message: text }] })],
    ["in a code", (text: string) => JSON.stringify({ errors: [{ code: text }] })],
  ])("%s nothing reaches a terminal raw", async (_where, body) => {
    await using registry = await serve(answer(404, {}, body(obeyed)));
    await expectRefusal(pull(registry), "not-found", /\("a\\u\{1b\}\[2J.*\\u\{202e\}.*\\u\{2028\}/);
  });

  test("in a header nothing reaches a terminal raw", async () => {
    // What Node lets through in a header: C1 and what Latin-1 has beside.
    const header = "Negotiate\u0085\u009b2J";
    await using registry = await serve(answer(401, { "www-authenticate": header }));
    await expectRefusal(pull(registry), "registry", /"Negotiate\\u\{85\}\\u\{9b\}2J"/);
  });

  test("headers without end", async () => {
    await using registry = await serve(answer(200, { "x-long": "x".repeat(1_000_000) }, "{}"));
    await expectRefusal(pull(registry), "network", /its headers have no end; ask who runs it/);
    expect(registry.seen.length).toBe(1);
  });

  test.each([
    ["a thousand levels", `${'{"errors":['.repeat(1000)}`],
    ["ten thousand errors", JSON.stringify({ errors: Array.from({ length: 10_000 }, () => 1) })],
    ["nothing but brackets", "[".repeat(60_000)],
    ["no errors", '{"errors":[]}'],
  ])("an error with %s says nothing", async (_what, body) => {
    await using registry = await serve(answer(404, {}, body));
    await expectRefusal(pull(registry), "not-found", /has no ns\/name:1\.0\.0; check the name/);
  });

  test("nobody answers", async () => {
    const registry = await serve(() => false);
    await registry[Symbol.asyncDispose]();
    await expectRefusal(pull(registry), "network", /cannot be used: nothing answers at that port/);
  });
});

describe("transfers", () => {
  test("a registry that dies in the middle, each time", async () => {
    const die = (response: ServerResponse) => {
      response.writeHead(200, { "content-length": component.length });
      response.write(component.subarray(0, 20), () => response.destroy());
    };
    await using registry = await serve(always(isLayer, die));
    await expectRefusal(
      pull(registry),
      "network",
      /the connection broke .*nothing of it was kept, try again/,
    );
    expect(world.waits.length).toBe(3);
  });

  test("a registry that dies once is asked again", async () => {
    let died = false;
    await using registry = await serve((seen, response) => {
      if (died || !isLayer(seen)) return false;
      died = true;
      response.destroy();
      return true;
    });
    expect((await pull(registry)).bytes).toEqual(component);
    expect(world.waits).toEqual([1000]);
  });

  test("a registry that never answers", async () => {
    await using registry = await serve(() => true);
    await expectRefusal(
      pull(registry, { timeoutMs: 20, attempts: 2 }),
      "network",
      /sent and took nothing for 0\.02 s; check the network/,
    );
  });

  test("a registry that falls silent in the middle", async () => {
    const stall = (response: ServerResponse) => {
      response.writeHead(200, { "content-length": component.length });
      response.write(component.subarray(0, 20));
    };
    await using registry = await serve(always(isLayer, stall));
    await expectRefusal(
      pull(registry, { timeoutMs: 200, attempts: 1 }),
      "network",
      /took nothing for 0\.2 s/,
    );
  });

  test.each([
    ["its layer", isLayer],
    ["its manifest", isManifest],
  ])("a registry that sends a byte of %s now and then, for ever", async (_what, matches) => {
    const timers: NodeJS.Timeout[] = [];
    const drip = (response: ServerResponse) => {
      timers.push(setInterval(() => response.write(Uint8Array.of(1)), 5));
    };
    await using registry = await serve(always(matches, drip));
    await expectRefusal(
      pull(registry, { timeoutMs: 100, attempts: 1 }),
      "network",
      /sends less than 1 KiB a second, which is no use/,
    ).finally(() => timers.forEach(clearInterval));
  });

  test("a registry that sends a byte of its headers now and then, for ever", async () => {
    const timers: NodeJS.Timeout[] = [];
    const drip = (response: ServerResponse) => {
      response.socket?.write("HTTP/1.1 200 OK\r\nx-slow: ");
      timers.push(setInterval(() => response.socket?.write("x"), 5));
    };
    await using registry = await serve(always(isManifest, drip));
    await expectRefusal(
      pull(registry, { timeoutMs: 100, attempts: 1 }),
      "network",
      /sent and took nothing for 0\.1 s/,
    ).finally(() => timers.forEach(clearInterval));
  });

  test("a flipped byte", async () => {
    const flipped = component.map((byte, index) => (index === 30 ? byte ^ 1 : byte));
    await using registry = await serve(always(isLayer, (response) => void response.end(flipped)));
    await expectRefusal(pull(registry), "digest", /is not what its digest says .*damaged or forged/);
    expect(world.waits).toEqual([]);
  });

  test("a flipped byte in a pinned manifest", async () => {
    const other = Buffer.from(manifest.bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte)));
    await using registry = await serve(always(isManifest, (response) => void response.end(other)));
    const reference = { registry: registry.host, repository: "ns/name", digest: manifest.descriptor.digest };
    await expectRefusal(
      pullComponent(reference, world.store, world.options),
      "digest",
      /not what its digest says/,
    );
  });

  test("a manifest that is not what the registry announces", async () => {
    const announced = { "docker-content-digest": layer.descriptor.digest };
    await using registry = await serve(
      always(isManifest, (response) => void response.writeHead(200, announced).end(manifest.bytes)),
    );
    await expectRefusal(pull(registry), "digest", /not what its digest says/);
  });

  test("too short, as if it were whole", async () => {
    await using registry = await serve(
      always(isLayer, (response) => void response.end(component.subarray(0, 20))),
    );
    await expectRefusal(pull(registry), "digest", /sends only 20 of the \d+ bytes/);
  });

  test("an index of three million entries is not read to its end", async () => {
    const index = Buffer.from(`{"schemaVersion":2,"manifests":[${"{},".repeat(3_000_000)}{}]}`);
    await using registry = await serve(always(isManifest, (response) => void response.end(index)));
    await expectRefusal(pull(registry), "digest", /sends more than the 1048576 bytes/);
  });

  test("too long: it is not read to its end", async () => {
    const endless = (response: ServerResponse) => {
      const more = (error?: Error | null) => {
        if (!error && !response.destroyed) response.write(Buffer.alloc(65_536), more);
      };
      more();
    };
    await using registry = await serve(always(isLayer, endless));
    await expectRefusal(pull(registry), "digest", /sends more than the \d+ bytes/);
    await using another = await serve(always(isManifest, endless));
    await expectRefusal(pull(another), "digest", /sends more than the 1048576 bytes/);
  });

  test("no component in the layer", async () => {
    const artifact = createArtifact(component, {
      version: "1.0.0",
      title: "x",
      created: new Date(0),
      metadata: {},
    });
    const replace = (bytes: Uint8Array) =>
      Buffer.from(Buffer.from(bytes).toString().replaceAll(layer.descriptor.digest, digestOf(coreModule)));
    const forged = JSON.parse(replace(artifact.manifest.bytes).toString());
    const forgedConfig = replace(config.bytes);
    forged.layers[0].size = coreModule.length;
    forged.config = { ...forged.config, digest: digestOf(forgedConfig), size: forgedConfig.length };
    await using registry = await serve(() => false);
    registry.manifests.set("1.0.0", Buffer.from(JSON.stringify(forged)));
    for (const bytes of [coreModule, forgedConfig]) registry.blobs.set(digestOf(bytes), Buffer.from(bytes));
    await expect(pull(registry)).rejects.toThrow(/is a core WebAssembly module, not a component/);
    expect(world.folder.files).toEqual([]);
  });
});

describe("redirects", () => {
  test("in a circle", async () => {
    const circle = (response: ServerResponse, _host: string, { path }: Seen) =>
      void response.writeHead(307, { location: path }).end();
    await using registry = await serve(always(isLayer, circle));
    await expectRefusal(pull(registry), "redirect", /redirects more than 5 times, perhaps in a circle/);
    expect(registry.seen.filter(isLayer)).toHaveLength(6);
  });

  test.each([
    "http://example.com/blob",
    "ftp://127.0.0.1/blob",
    "file:///etc/passwd",
    "http://user:password@127.0.0.1/blob",
    "http://[",
  ])("to %s are not followed", async (location) => {
    await using registry = await serve(
      always(isLayer, (response) => void response.writeHead(302, { location }).end()),
    );
    await expectRefusal(pull(registry), "redirect", /where only HTTPS to other machines may be followed to/);
  });

  test("to another host carry no credentials", async () => {
    await using elsewhere = await MemoryRegistry.start({
      fault: (_seen, response) => {
        response.end(component);
        return true;
      },
    });
    await using registry = await MemoryRegistry.start({
      auth: "basic",
      fault: always(isLayer, (response) => {
        response.writeHead(307, { location: `http://${elsewhere.host}/cdn` }).end();
      }),
    });
    registry.manifests.set("1.0.0", Buffer.from(manifest.bytes));
    registry.blobs.set(config.descriptor.digest, Buffer.from(config.bytes));
    using login = new TemporaryFolder();
    const auth = Buffer.from("tester:secret").toString("base64");
    writeFileSync(join(login.path, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const { bytes } = await pull(registry, { environment: { DOCKER_CONFIG: login.path } });
    expect(bytes).toEqual(component);
    expect(registry.seen.at(-1)?.authorization).toMatch(/^Basic /);
    expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});
