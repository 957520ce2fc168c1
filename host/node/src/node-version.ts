import { BackendError } from "@busbar/host/backend";

/** The first Node that can suspend WebAssembly (JSPI) without a flag. */
export const neededNode = 25;

/** What is there of the running Node. */
interface RunningNode {
  readonly version: string;
  /** Whether it can suspend WebAssembly. */
  readonly suspends: boolean;
}

const { WebAssembly } = globalThis as { readonly WebAssembly?: object };
const running: RunningNode = { version: process.version, suspends: "Suspending" in (WebAssembly ?? {}) };

/**
 * Whether this Node is one that drivers can run on.
 *
 * @returns why not, in one sentence that says what to do; undefined where it is
 */
export function nodeProblem({ version, suspends }: RunningNode = running): string | undefined {
  const major = Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
  if (major >= neededNode && suspends) return undefined;
  const what =
    major >= neededNode
      ? ", which was told not to suspend WebAssembly (JSPI)"
      : `, and busbar needs Node ${neededNode} or newer`;
  return `This is Node ${version}${what}; ${major >= neededNode ? "leave that out" : "install one: https://nodejs.org"}.`;
}

/** @throws BackendError where drivers cannot run on this Node */
export function requireNode(): void {
  const problem = nodeProblem();
  if (problem !== undefined) throw new BackendError(problem);
}
