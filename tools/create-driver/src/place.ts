/** Where a new package goes, and what surrounds it there. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** A place for a package. */
export interface Place {
  /** The package's folder, absolute. */
  readonly folder: string;
  /** The Busbar workspace that it is a member of; undefined for a package on its own. */
  readonly workspace: string | undefined;
}

/**
 * @param short the package's name without its scope
 * @param directory as it was asked for; without it the workspace's `packages/<short>`, or `<short>` elsewhere
 * @param from the folder to start from
 */
export function placeOf(short: string, directory: string | undefined, from: string): Place {
  const root = findWorkspace(from);
  if (directory === undefined && root !== undefined) {
    return { folder: join(root, "packages", short), workspace: root };
  }
  const folder = resolve(from, directory ?? short);
  // Only there does pnpm take it for a member.
  const parent = dirname(folder);
  const isMember = parent === join(dirname(parent), "packages") && isWorkspace(dirname(parent));
  return { folder, workspace: isMember ? dirname(parent) : undefined };
}

/** The Busbar workspace that `folder` lies in. */
function findWorkspace(folder: string): string | undefined {
  for (let current = resolve(folder); ; current = dirname(current)) {
    if (isWorkspace(current)) return current;
    if (current === dirname(current)) return undefined;
  }
}

function isWorkspace(folder: string): boolean {
  const manifest = join(folder, "package.json");
  if (!existsSync(join(folder, "pnpm-workspace.yaml")) || !existsSync(manifest)) return false;
  try {
    return (JSON.parse(readFileSync(manifest, "utf8")) as { name?: unknown }).name === "busbar-workspace";
  } catch {
    // Somebody else's, and broken: a package there stands on its own.
    return false;
  }
}
