import { lstatSync, rmSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BackendError } from "@busbar/host/backend";
import { printable, printableJson } from "../output/printable.ts";
import { type HealthPlace, listenOptions, loopback } from "./place.ts";
import type { HealthReport } from "./report.ts";

/** A health server, and its end. */
export interface HealthServer extends AsyncDisposable {
  /** For people: "http://127.0.0.1:8080/", "/run/busbar/health.sock". */
  readonly where: string;
}

/** Nobody needs more at a time; each costs a file. */
const mostConnections = 16;
const requestMs = 5_000;

/**
 * Serves reports over HTTP on loopback or a Unix socket: 200 where everything is well, 503 otherwise, and the report as JSON. It does not
 * keep the process alive.
 *
 * @param report what there is to tell now
 * @throws BackendError where somebody else has the place, or it cannot be used
 */
export async function serveHealth(place: HealthPlace, report: () => HealthReport): Promise<HealthServer> {
  // Loaded here: it costs 20 ms and 5 MiB, and few runs serve anything.
  const { createServer } = await import("node:http");
  const server = createServer({
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    // Node looks for late requests every 30 s otherwise: 16 silent clients would shut everybody out for that long.
    connectionsCheckingInterval: 1_000,
    keepAlive: false,
  });
  server.maxConnections = mostConnections;
  server.on("request", (request, response) => answer(request, response, place, report));
  server.on("clientError", (_, socket) => socket.destroy());
  try {
    await listen(server, place);
  } catch (cause) {
    if (!(isInUse(cause) && (await removeLeft(place)))) throw unusable(place, cause);
    await listen(server, place).catch((again: unknown) => {
      throw unusable(place, again);
    });
  }
  server.unref();
  return {
    // Which port it is, also where 0 was asked for.
    where:
      place.kind === "port" ? `http://${loopback}:${(server.address() as AddressInfo).port}/` : place.path,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  place: HealthPlace,
  report: () => HealthReport,
): void {
  const send = (status: number, body: string, type = "text/plain") => {
    response.writeHead(status, {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-store",
      connection: "close",
    });
    response.end(method === "HEAD" ? "" : `${body}\n`);
  };
  // A page in a browser can have any name mean this machine, and would read what is answered: that name stands here then.
  if (place.kind === "port" && !isOurs(headers.host)) send(403, "This is for this machine only.");
  else if (method !== "GET" && method !== "HEAD") send(405, "Only GET is served here.");
  else if (!/^\/(?:health)?(?:\?|$)/.test(url ?? "")) send(404, "There is only / here.");
  else {
    const found = report();
    send(found.ok ? 200 : 503, printableJson(found), "application/json");
  }
}

function isOurs(host = ""): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]+)?$/i.test(host);
}

function listen(server: Server, place: HealthPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(listenOptions(place), () => {
      server.off("error", reject);
      // What goes wrong with one connection later is that one's.
      server.on("error", () => undefined);
      resolve();
    });
  });
}

function isInUse(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
}

/** Removes a socket that a process left which was killed: nobody listens there. What is no socket is left alone. */
async function removeLeft(place: HealthPlace): Promise<boolean> {
  if (place.kind === "port" || place.path.startsWith("@")) return false;
  if (lstatSync(place.path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  const { connect } = await import("node:net");
  const isDead = await new Promise<boolean>((resolve) => {
    const socket = connect({ path: place.path, timeout: requestMs });
    // Left open, it would keep this process alive until the other one hangs up.
    const end = (dead: boolean) => {
      socket.destroy();
      resolve(dead);
    };
    socket.once("connect", () => end(false));
    socket.once("timeout", () => end(false));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code === "ECONNREFUSED"));
  });
  if (isDead) rmSync(place.path);
  return isDead;
}

function unusable(place: HealthPlace, cause: unknown): BackendError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const where = place.kind === "port" ? `port ${place.port}` : `the socket ${printable(place.path, 200)}`;
  const why =
    code === "EADDRINUSE"
      ? "is in use by another program; choose another"
      : `cannot be used (${code ?? message})`;
  return new BackendError(`${where} for --health ${why}.`, { cause });
}
