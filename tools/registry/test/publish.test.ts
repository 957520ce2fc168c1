import { expect, test } from "vitest";
import { digestOf } from "../src/manifest.ts";
import { componentBytes } from "./support/component-bytes.ts";
import { MemoryRegistry } from "./support/memory-registry.ts";
import { always, component, expectRefusal, layer, publish, pull, serve, useWorld } from "./support/world.ts";

useWorld();

test("the manifest goes last; a second time nothing is sent", async () => {
  await using registry = await MemoryRegistry.start();
  const published = await publish(registry);
  expect(published).toMatchObject({
    component: layer.descriptor.digest,
    bytes: component.length,
    wasThere: false,
  });
  expect(registry.log.at(-1)).toBe("PUT /v2/ns/name/manifests/1.0.0");
  expect(registry.log.filter((each) => each.startsWith("PUT"))).toHaveLength(3);
  const again = await publish(registry);
  expect(again).toEqual({ ...published, wasThere: true });
  expect(registry.log.filter((each) => each.startsWith("PUT"))).toHaveLength(3);
  expect((await pull(registry)).reference.digest).toBe(published.reference.digest);
});

test("a version with other contents is never overwritten", async () => {
  await using registry = await MemoryRegistry.start();
  await publish(registry);
  const before = registry.manifests.get("1.0.0");
  const other = componentBytes([], ["busbar:device/sensor@0.1.0"]);
  await expectRefusal(
    publish(registry, other),
    "exists",
    /a version is never overwritten; raise the version/,
  );
  registry.manifests.set("1.0.0", Buffer.from("{}"));
  await expectRefusal(publish(registry), "exists", /is published already with other contents/);
  expect(registry.manifests.get("1.0.0")).not.toBe(before);
});

test("somebody else who publishes the same version meanwhile wins", async () => {
  await using registry = await serve((seen) => {
    // Between the first look and the last blob.
    if (seen.method === "POST") registry.manifests.set("1.0.0", Buffer.from("{}"));
    return false;
  });
  registry.manifests.clear();
  registry.blobs.clear();
  await expectRefusal(publish(registry), "exists", /never overwritten/);
  expect(registry.manifests.get("1.0.0")?.toString()).toBe("{}");
});

test.each(["POST", "PUT"])(
  "a registry that dies at each %s leaves no version, and once it lives it goes on",
  async (method) => {
    let dead = true;
    await using registry = await MemoryRegistry.start({
      fault: (seen, response) => {
        if (!dead || seen.method !== method) return false;
        response.destroy();
        return true;
      },
    });
    await expectRefusal(publish(registry), "network", /the connection broke/);
    expect(registry.manifests.size).toBe(0);
    dead = false;
    expect((await publish(registry)).wasThere).toBe(false);
    expect((await pull(registry)).bytes).toEqual(component);
  },
);

test("an upload address that is not HTTPS is not used", async () => {
  await using registry = await MemoryRegistry.start({
    fault: always(
      ({ method }) => method === "POST",
      (response) => void response.writeHead(202, { location: "http://example.com/upload" }).end(),
    ),
  });
  await expectRefusal(publish(registry), "redirect", /gives no HTTPS address to upload/);
});

test("a registry that got something else than was sent is found out", async () => {
  await using registry = await MemoryRegistry.start({
    fault: always(
      ({ method, path }) => method === "PUT" && path.includes("/manifests/"),
      (response) => void response.writeHead(201, { "docker-content-digest": digestOf(component) }).end(),
    ),
  });
  await expectRefusal(publish(registry), "digest", /is not what its digest says/);
});
