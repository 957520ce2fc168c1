import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the registry got. */
export interface Seen {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** How the registry behaves. */
export interface MemoryRegistryOptions {
  /** What it asks for; nothing by default. */
  readonly auth?: "basic" | "bearer" | undefined;
  /**
   * Answers instead of the registry.
   *
   * @returns whether it did
   */
  readonly fault?: (seen: Seen, response: ServerResponse, host: string) => boolean;
}

/** The only account, and the token that it gets. */
export const account = { username: "tester", password: "secret" } as const;
const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString("base64")}`;
const token = "t0ken.for-tests";

/** A registry in this process: what the client asks of one, and any fault that a test wants. */
export class MemoryRegistry implements AsyncDisposable {
  /** Host and port. */
  host = "";
  /** By digest. */
  readonly blobs = new Map<string, Buffer>();
  /** By tag and by digest. */
  readonly manifests = new Map<string, Buffer>();
  readonly seen: Seen[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #options: MemoryRegistryOptions;

  private constructor(options: MemoryRegistryOptions) {
    this.#options = options;
  }

  static async start(options: MemoryRegistryOptions = {}): Promise<MemoryRegistry> {
    const registry = new MemoryRegistry(options);
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    registry.host = `127.0.0.1:${(registry.#server.address() as AddressInfo).port}`;
    return registry;
  }

  /** Methods and paths, without queries and with the blobs' digests left out. */
  get log(): string[] {
    return this.seen.map(
      ({ method, path }) => `${method} ${path.replace(/\?.*/, "").replace(/sha256:\w+/, "DIGEST")}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return;
    }
    const seen: Seen = {
      method: request.method ?? "",
      path: request.url ?? "",
      authorization: request.headers.authorization,
      body: Buffer.concat(parts),
    };
    this.seen.push(seen);
    if (this.#options.fault?.(seen, response, this.host)) return;
    if (seen.path.startsWith("/token")) return this.#giveToken(seen, response);
    if (!this.#mayPass(seen)) {
      const bearer = `Bearer realm="http://${this.host}/token",service="memory",scope="repository:x:${
        seen.method === "GET" || seen.method === "HEAD" ? "pull" : "pull,push"
      }"`;
      const challenge = this.#options.auth === "bearer" ? bearer : 'Basic realm="memory"';
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return;
    }
    this.#answer(seen, response);
  }

  #mayPass({ authorization }: Seen): boolean {
    if (this.#options.auth === undefined) return true;
    return authorization === (this.#options.auth === "basic" ? basic : `Bearer ${token}`);
  }

  #giveToken({ authorization, method, body }: Seen, response: ServerResponse): void {
    const isKnown = method === "POST" ? body.includes("refresh_token=identity") : authorization === basic;
    response.writeHead(isKnown ? 200 : 401).end(isKnown ? JSON.stringify({ token }) : "");
  }

  #answer({ method, path, body }: Seen, response: ServerResponse): void {
    const url = new URL(path, `http://${this.host}`);
    const [, kind = "", name = ""] = /^\/v2\/[a-z0-9/-]+?\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
    if (method === "POST") {
      response.writeHead(202, { location: `${url.pathname}session-1?state=abc` }).end();
    } else if (method === "PUT" && kind === "blobs") {
      const digest = url.searchParams.get("digest") ?? "";
      const isWhole = digest === digestOf(body) && url.searchParams.get("state") === "abc";
      if (isWhole) this.blobs.set(digest, body);
      response.writeHead(isWhole ? 201 : 400).end();
    } else if (method === "PUT") {
      this.manifests.set(name, body).set(digestOf(body), body);
      response.writeHead(201, { "docker-content-digest": digestOf(body) }).end();
    } else {
      const found = (kind === "manifests" ? this.manifests : this.blobs).get(name);
      response.writeHead(found === undefined ? 404 : 200).end(method === "HEAD" ? undefined : found);
    }
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
