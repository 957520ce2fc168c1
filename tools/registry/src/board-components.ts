import { HostError } from "@busbar/host";
import { RegistryError } from "./error.ts";
import { isDiskFull, type LockFile } from "./lock.ts";
import { findPulled, type Pulled, type PullOptions, pullComponent } from "./pull.ts";
import { formatReference, parseReference, type Reference } from "./reference.ts";
import type { BlobStore } from "./store.ts";

/** What the components of a board are fetched with. */
export interface BoardComponentsOptions extends PullOptions {
  readonly store: BlobStore;
  readonly lock: LockFile;
  /** Takes what the registry has now and pins that, instead of what is pinned. */
  readonly update?: boolean;
  /**
   * Told in one sentence that the disk was too full to pin a component, which is used all the same: that must not stop a
   * reading. Without it, it is an error.
   */
  readonly onProblem?: (sentence: string) => void;
}

/**
 * Fetches a component that a board file names: from the store where it is pinned and there, else from the registry.
 * The first time its digest is pinned in the lock file.
 *
 * @param specifier `oci://...`, as in the board file
 * @throws RegistryError
 */
export async function fetchBoardComponent(
  specifier: string,
  options: BoardComponentsOptions,
): Promise<Pulled> {
  const { store, lock, update = false, ...pullOptions } = options;
  const reference = parseReference(specifier);
  const pinned = update ? undefined : lock.pinned(reference);
  const pulled = await pullComponent(pinned ?? reference, store, pullOptions).catch((error: unknown) => {
    throw pinned !== undefined && reference.digest === undefined
      ? explainLocked(error, specifier, lock)
      : error;
  });
  if (pinned !== undefined) return pulled;
  const { digest } = pulled.reference;
  // Another process may have pinned another meanwhile, where the registry changed between the two: the first counts.
  const isAnother = (await pin(reference, digest, options)) !== digest;
  return isAnother ? fetchBoardComponent(specifier, options) : pulled;
}

async function pin(
  reference: Reference,
  digest: string,
  { lock, update = false, onProblem }: BoardComponentsOptions,
): Promise<string> {
  try {
    return await lock.pin(reference, digest, { replace: update });
  } catch (error) {
    if (onProblem === undefined || !isDiskFull(error)) throw error;
    onProblem(
      `${formatReference(reference)} is used without being pinned: ${(error as RegistryError).message}`,
    );
    return digest;
  }
}

/**
 * Takes a component that a board file names from the store, without any network and without changing the lock file.
 *
 * @param specifier `oci://...`, as in the board file
 * @throws HostError with code "component" when it was not pulled yet
 */
export async function findBoardComponent(
  specifier: string,
  { store, lock }: Pick<BoardComponentsOptions, "store" | "lock">,
): Promise<Pulled> {
  const pinned = lock.pinned(parseReference(specifier));
  const pulled = pinned === undefined ? undefined : await findPulled(pinned, store);
  if (pulled !== undefined) return pulled;
  throw new HostError(
    "component",
    `${specifier} is not on this machine yet; run "busbar pull" with the board file.`,
  );
}

/** A version that was deleted or published anew since: what is locked cannot be had any longer. */
function explainLocked(error: unknown, specifier: string, lock: LockFile): unknown {
  if (!(error instanceof RegistryError && error.reason === "not-found")) return error;
  return new RegistryError(
    "not-found",
    `the registry has no longer what ${lock.path} pins ${specifier} to; find out why, then run "busbar pull" with the board file and --update.`,
    { cause: error },
  );
}
