import { HostError, printable } from "@busbar/host";

/** What went wrong between this machine, a registry and the cache. */
export type RegistryErrorReason =
  /** The reference itself is malformed. */
  | "reference"
  /** The registry does not have it (404). */
  | "not-found"
  /** The registry wants other credentials, or refuses these (401, 403). */
  | "denied"
  /** The version is there already with other contents, and a version is never overwritten. */
  | "exists"
  /** The registry is busy (429), failing (5xx), or answers what the specification does not know. */
  | "registry"
  /** The registry cannot be reached, does not answer in time, or the connection broke. */
  | "network"
  /** The registry redirects in circles, or to where nothing may follow. */
  | "redirect"
  /** What came is not what its digest says: too short, too long, or changed. */
  | "digest"
  /** What came, or what is to be published, is no component in wkg's form. */
  | "malformed"
  /** The lock file or the cache of this machine. */
  | "local";

/** Whose fault it is decides the exit code: the thing that was named, or what this machine can reach. */
const codes = {
  reference: "component",
  "not-found": "component",
  denied: "backend",
  exists: "component",
  registry: "backend",
  network: "backend",
  redirect: "backend",
  digest: "component",
  malformed: "component",
  local: "backend",
} as const satisfies Record<RegistryErrorReason, string>;

/** Long enough for every sentence of ours with what others sent in it. */
const longestMessage = 2000;

/** Publishing or pulling failed: one sentence that names the registry and says what to do. */
export class RegistryError extends HostError {
  override readonly name = "RegistryError";
  readonly reason: RegistryErrorReason;

  constructor(reason: RegistryErrorReason, message: string, options?: ErrorOptions) {
    // What others sent is in it: names, addresses, what a registry says. All of it goes to a terminal.
    super(codes[reason], printable(message, longestMessage), options);
    this.reason = reason;
  }
}

/** Text that a registry sent, fit to stand in a message of ours: short, with all that a terminal would obey made visible. */
export function foreignText(text: string): string {
  return printable(text.trim(), 200);
}
