import { UsageError } from "../exit-codes.ts";
import { printable } from "../output/printable.ts";

/** Where a run tells how it is: a port of this machine's own, or a Unix socket. */
export type HealthPlace =
  | { readonly kind: "port"; readonly port: number }
  /** A path; or, beginning with "@", a name of Linux's abstract namespace. */
  | { readonly kind: "socket"; readonly path: string };

/** Longer paths the kernel cuts off, or refuses: `sun_path` of `struct sockaddr_un`. */
const longestPath = 107;

/** The only address that a port is on. */
export const loopback = "127.0.0.1";

/**
 * Reads what a person writes: "8080", "127.0.0.1:8080", "localhost:8080", "./health.sock", "/run/busbar/health.sock", "@busbar".
 *
 * @throws UsageError; also for any address that is not loopback's
 */
export function healthPlace(text: string): HealthPlace {
  const port = /^(?:(?:127\.0\.0\.1|localhost):)?([0-9]{1,5})$/.exec(text)?.[1];
  if (port !== undefined && Number(port) <= 65_535) return { kind: "port", port: Number(port) };
  const isPath = text.includes("/") || /^@./.test(text);
  if (!isPath) {
    throw new UsageError(
      `${printable(JSON.stringify(text), 200)} is no place for health: expected a port of this machine such as 8080, a path such as ./health.sock, or "@name".`,
    );
  }
  if (Buffer.byteLength(text) > longestPath) {
    throw new UsageError(
      `the socket ${printable(text, 200)} has more than ${longestPath} bytes; choose a shorter path.`,
    );
  }
  return { kind: "socket", path: text };
}

/** What `node:net` and `node:http` call it. */
export function listenOptions(
  place: HealthPlace,
): { readonly host: string; readonly port: number } | { readonly path: string } {
  if (place.kind === "port") return { host: loopback, port: place.port };
  return { path: place.path.startsWith("@") ? `\0${place.path.slice(1)}` : place.path };
}
