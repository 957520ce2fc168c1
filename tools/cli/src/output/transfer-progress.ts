import { openFrame } from "./frame.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { stderr } from "./screen.ts";
import { megabytes } from "./units.ts";

/** One line on stderr that says how much of a component has moved; it is taken off at the end. */
export interface TransferProgress extends Disposable {
  /** @param total in bytes, like `moved` */
  update(moved: number, total: number): void;
}

/**
 * Begins to show a transfer. Nothing is shown where stderr is no terminal, or with `--json`.
 *
 * @param verb "pulling"
 * @param what the reference
 */
export async function showTransfer(verb: string, what: string, { json }: Output): Promise<TransferProgress> {
  if (!stderr.isTerminal || json) return { update: () => undefined, [Symbol.dispose]: () => undefined };
  const frame = await openFrame(stderr);
  const title = `${verb} ${printable(what, 120)}`;
  let shown = -1;
  return {
    update: (moved, total) => {
      const percent = total === 0 ? 100 : Math.floor((100 * moved) / total);
      // Once a percent: on a fast network a part comes every few microseconds.
      if (percent === shown) return;
      shown = percent;
      frame.draw(transferLine(title, moved, total, percent));
    },
    [Symbol.dispose]: () => frame.clear(),
  };
}

/** "pulling oci://...  [=====     ]  50 %  0.90 MB of 1.80 MB" */
export function transferLine(title: string, moved: number, total: number, percent: number): string {
  const filled = Math.floor(percent / 5);
  const bar = `${"=".repeat(filled)}${" ".repeat(20 - filled)}`;
  return `${title}  [${bar}] ${String(percent).padStart(3)} %  ${megabytes(moved)} of ${megabytes(total)}`;
}
