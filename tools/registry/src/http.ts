/** One HTTP exchange: bounded in time and size, with redirects that carry no credentials to another origin. */

import { readBody, TooLongError, TooSlowError } from "./body.ts";
import { RegistryError } from "./error.ts";

/** What is sent. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent to the URL's origin and no other: a redirect to another leaves it behind, for good. */
  readonly authorization?: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Told how many bytes of `body` went out so far. */
  readonly onSent?: (bytes: number) => void;
}

/** What came back; its body has to be read or discarded. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from, after redirects. */
  readonly url: URL;
  /**
   * Reads the body.
   *
   * @param maximum the most bytes that are read; what is longer is an error and is not read to its end
   * @param onReceived told how many bytes came so far
   * @throws TooLongError, or TransientError when the connection breaks or is too slow to be of use
   */
  read(maximum: number, onReceived?: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>>;
  /** Frees the connection without reading. */
  discard(): Promise<void>;
}

/** A failure that may be gone at the next attempt. */
export class TransientError extends Error {
  override readonly name = "TransientError";
  /** What is thrown when no attempt is left. */
  readonly final: RegistryError;
  /** How long the server asks to wait; undefined where it does not say. */
  readonly waitMs: number | undefined;

  constructor(final: RegistryError, waitMs?: number) {
    super(final.message, { cause: final });
    this.final = final;
    this.waitMs = waitMs;
  }
}

const mostRedirects = 5;

/** Parts of an upload: small enough for a progress that moves, large enough to cost nothing. */
const partLength = 64 * 1024;

/** What `send` needs to know beside the request. */
export interface SendOptions {
  /** The longest time in which no byte moves in either direction. */
  readonly timeoutMs: number;
  /** Whether redirects to another origin are followed, without credentials; true by default. */
  readonly leaveOrigin?: boolean;
}

/**
 * Sends a request and follows its redirects.
 *
 * @throws RegistryError when the server cannot be reached or redirects where nothing may follow; TransientError
 */
export async function send(
  request: HttpRequest,
  { timeoutMs, leaveOrigin = true }: SendOptions,
): Promise<HttpResponse> {
  let current = request;
  for (let redirects = 0; ; redirects += 1) {
    const response = await sendOnce(current, timeoutMs);
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.discard();
    if (redirects === mostRedirects) {
      throw new RegistryError(
        "redirect",
        `${request.url.host} redirects more than ${mostRedirects} times, perhaps in a circle; ask who runs it.`,
      );
    }
    current = redirected(current, location, leaveOrigin);
  }
}

/** Whether a host is this machine: only there is plain HTTP spoken. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Whether a URL that a server names may be followed from `from`: HTTPS to any other machine, and from this machine to this
 * machine plain HTTP as well. Never with a name or password in it, and never from elsewhere to this machine, whose servers
 * take for granted who asks them.
 */
export function mayFollow(from: URL, to: URL): boolean {
  if (to.username !== "" || to.password !== "") return false;
  if (isLoopback(to.hostname)) return isLoopback(from.hostname) && /^https?:$/.test(to.protocol);
  return to.protocol === "https:";
}

/** A server's URL, relative or not; undefined where it is none. */
export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.parse(text, base) ?? undefined;
}

function redirected(request: HttpRequest, location: string, leaveOrigin: boolean): HttpRequest {
  const url = parseUrl(location, request.url);
  if (url === undefined || !mayFollow(request.url, url)) {
    throw refusedRedirect(request.url, url, "where only HTTPS to other machines may be followed to");
  }
  if (url.origin === request.url.origin) return { ...request, url };
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead) throw refusedRedirect(request.url, url, "where an upload is not followed to");
  if (!leaveOrigin) throw refusedRedirect(request.url, url, "where no credentials are sent to");
  // Nothing goes along but what every server may see.
  const { accept } = request.headers ?? {};
  return { method: request.method, url, ...(accept !== undefined && { headers: { accept } }) };
}

function refusedRedirect(from: URL, to: URL | undefined, why: string): RegistryError {
  const where = to === undefined ? "something that is no address" : `${to.protocol}//${to.host}`;
  return new RegistryError(
    "redirect",
    `${from.host} redirects to ${where}, ${why}; name the registry by the host it redirects to.`,
  );
}

async function sendOnce(request: HttpRequest, timeoutMs: number): Promise<HttpResponse> {
  const { method, url, headers, authorization, body } = request;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(silence(url, timeoutMs)), timeoutMs);
  const upload = body === undefined ? {} : uploadOf(body, request.onSent, () => timer.refresh());
  try {
    const response = await fetch(url, {
      method,
      // Compressed transfer would let a small body unfold to a huge one.
      headers: {
        "accept-encoding": "identity",
        ...headers,
        ...upload.headers,
        ...(authorization !== undefined && { authorization }),
      },
      ...upload.init,
      redirect: "manual",
      signal: controller.signal,
    });
    return new FetchedResponse(response, url, timer, controller.signal, timeoutMs);
  } catch (error) {
    clearTimeout(timer);
    throw explain(error, url, controller.signal);
  }
}

function uploadOf(
  body: Uint8Array<ArrayBuffer>,
  onSent: ((bytes: number) => void) | undefined,
  onMove: () => void,
): { readonly headers?: Record<string, string>; readonly init?: RequestInit } {
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(target) {
      onMove();
      onSent?.(sent);
      const part = body.subarray(sent, sent + partLength);
      sent += part.length;
      if (part.length === 0) target.close();
      else target.enqueue(part);
    },
  });
  // With the length known it is no chunked transfer, which some registries refuse.
  return { headers: { "content-length": String(body.length) }, init: { body: stream, duplex: "half" } };
}

class FetchedResponse implements HttpResponse {
  readonly url: URL;
  readonly #response: Response;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number;

  constructor(response: Response, url: URL, timer: NodeJS.Timeout, signal: AbortSignal, timeoutMs: number) {
    this.#response = response;
    this.url = url;
    this.#timer = timer;
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
  }

  get status(): number {
    return this.#response.status;
  }

  get headers(): Headers {
    return this.#response.headers;
  }

  async read(maximum: number, onReceived?: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
    const announced = this.headers.get("content-length");
    try {
      return await readBody(this.#response.body ?? empty(), {
        maximum,
        ...(announced !== null && { announced: Number(announced) }),
        graceMs: 2 * this.#timeoutMs,
        onReceived: (received) => {
          this.#timer.refresh();
          onReceived?.(received);
        },
      });
    } catch (error) {
      await this.discard();
      if (error instanceof TooLongError) throw error;
      if (error instanceof TooSlowError) throw new TransientError(drip(this.url));
      throw explain(error, this.url, this.#signal);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  async discard(): Promise<void> {
    clearTimeout(this.#timer);
    // A body that is broken already is as good as read.
    await this.#response.body?.cancel().catch(() => undefined);
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}

function silence({ host }: URL, timeoutMs: number): RegistryError {
  return new RegistryError(
    "network",
    `${host} sent and took nothing for ${timeoutMs / 1000} s; check the network, and try again.`,
  );
}

function drip({ host }: URL): RegistryError {
  return new RegistryError(
    "network",
    `${host} sends less than 1 KiB a second, which is no use; check the network, and try again.`,
  );
}

/** What `fetch` throws, as an error of ours: `cause.code` is all it tells. */
function explain(error: unknown, { host }: URL, signal: AbortSignal): unknown {
  if (signal.aborted) return new TransientError(signal.reason as RegistryError);
  const { code = "" } = ((error as Error).cause ?? {}) as { code?: string };
  const failure = (what: string) =>
    new RegistryError("network", `${host} cannot be used: ${what}.`, { cause: error });
  if (code === "ENOTFOUND") return failure("no such host is known here; check the registry's name");
  if (code === "ECONNREFUSED") return failure("nothing answers at that port; check the name and the port");
  if (/CERT|SELF_SIGNED|VERIFY|ISSUER/.test(code)) {
    return failure(`its certificate is not trusted (${code}); give yours with NODE_EXTRA_CA_CERTS`);
  }
  if (/SSL|EPROTO/.test(code)) {
    return failure(`it does not speak HTTPS (${code}), which is needed for all but this machine itself`);
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") return failure("its headers have no end; ask who runs it");
  if ((error as Error).message === "bad port" || /bad port/.test(String((error as Error).cause))) {
    return failure("that port belongs to another protocol and is not used for HTTP");
  }
  return new TransientError(
    failure(`the connection broke${code === "" ? "" : ` (${code})`}; nothing of it was kept, try again`),
  );
}
