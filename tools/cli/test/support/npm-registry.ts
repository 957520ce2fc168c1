import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { runServer } from "verdaccio";

/** A registry, and its end. */
export interface NpmRegistry extends AsyncDisposable {
  /** "http://127.0.0.1:4873/". */
  readonly url: string;
  /** What makes npm and pnpm use it, as the text of an npmrc. */
  readonly npmrc: string;
}

/**
 * A real npm registry on loopback.
 *
 * @param storage a folder of its own
 * @param upstream where everything comes from that is not in `local`; without it the registry knows nothing else
 * @param port 0 for any that is free
 */
export async function startNpmRegistry(
  storage: string,
  upstream?: { readonly url: string; readonly local: readonly string[] },
  port = 0,
): Promise<NpmRegistry> {
  const open = { access: "$all", publish: "$all" };
  const local = Object.fromEntries((upstream?.local ?? ["**"]).map((pattern) => [pattern, open]));
  const server: Server = await runServer({
    storage,
    self_path: storage,
    auth: { htpasswd: { file: join(storage, "htpasswd") } },
    uplinks: upstream === undefined ? {} : { upstream: { url: upstream.url, cache: false, maxage: "30m" } },
    packages: upstream === undefined ? local : { ...local, "**": { access: "$all", proxy: "upstream" } },
    log: { type: "stdout", level: "fatal" },
    max_body_size: "100mb",
    server: {},
    web: { enable: false },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url: `http://${place}`,
    // npm publishes only for somebody who is logged in, though this registry asks for nothing.
    npmrc: `registry=http://${place}\n//${place}:_authToken=none\n`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Publishes a package that is installed here, as `npm publish` does, without the second that npm takes for it.
 *
 * @param folder where its package.json is
 * @param tarball what `npm pack` made of it
 */
export async function putPackage({ url }: NpmRegistry, folder: string, tarball: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
  };
  const { name, version } = manifest;
  const bytes = readFileSync(tarball);
  const file = `${name}-${version}.tgz`;
  const dist = {
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
    shasum: createHash("sha1").update(bytes).digest("hex"),
    tarball: `${url}${name}/-/${file}`,
  };
  const body = {
    _id: name,
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
    _attachments: {
      [file]: {
        content_type: "application/octet-stream",
        data: bytes.toString("base64"),
        length: bytes.length,
      },
    },
  };
  const answer = await fetch(`${url}${name.replace("/", "%2f")}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
}

/** Whether there is such a command; pnpm is there where it started the tests. */
export function onPath(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}
