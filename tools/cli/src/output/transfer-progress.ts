import { openFrame } from "./frame.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
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
export async function showTransfer(verb: string, what: string, output: Output): Promise<TransferProgress> {
  const screen = output.errorScreen;
  if (!screen.isTerminal || output.json)
    return { update: () => undefined, [Symbol.dispose]: () => undefined };
  const frame = await openFrame(screen);
  const title = `${verb} ${printable(what, 120)}`;
  let shown = -1;
  let line = "";
  // What is told meanwhile goes above it, and is not drawn over.
  const live = { hide: () => frame.clear(), show: () => line !== "" && frame.draw(line) };
  const before = output.live;
  output.live = live;
  return {
    update: (moved, total) => {
      const percent = total === 0 ? 100 : Math.floor((100 * moved) / total);
      // Once a percent: on a fast network a part comes every few microseconds.
      if (percent === shown) return;
      shown = percent;
      line = transferLine(title, moved, total, percent);
      frame.draw(line);
    },
    [Symbol.dispose]: () => {
      frame.clear();
      if (output.live === live) output.live = before;
    },
  };
}

/** "pulling oci://...  [=====     ]  50 %  0.90 MB of 1.80 MB" */
export function transferLine(title: string, moved: number, total: number, percent: number): string {
  const filled = Math.floor(percent / 5);
  const bar = `${"=".repeat(filled)}${" ".repeat(20 - filled)}`;
  return `${title}  [${bar}] ${String(percent).padStart(3)} %  ${megabytes(moved)} of ${megabytes(total)}`;
}
