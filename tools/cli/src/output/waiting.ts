import type { Output } from "./output.ts";
import { duration } from "./units.ts";

/** A shorter wait needs no word. */
const patienceMs = 1_000;
const everyMs = 500;

/** Back to the beginning of the line, and nothing after it: ECMA-48's carriage return and EL. */
const emptyLine = "\r\u001b[K";

/**
 * Shows, where a person looks on, that a wait of more than a second is one: a line on stderr that counts, drawn in place. Elsewhere
 * it does nothing. Disposing the result takes the line away.
 *
 * @param doing what is waited for, for people; asked each time it is drawn: "preparing ./lcd.wasm"
 */
export function showWait(output: Output, doing: () => string): Disposable {
  const screen = output.errorScreen;
  if (output.json || !screen.isTerminal) return { [Symbol.dispose]: () => {} };
  const startMs = performance.now();
  let isDrawn = false;
  const hide = () => {
    if (isDrawn) screen.write(emptyLine);
    isDrawn = false;
  };
  const show = () => {
    const waitedMs = performance.now() - startMs;
    if (waitedMs < patienceMs) return;
    const text = screen.safe(`${doing()} ... ${duration(waitedMs)}`);
    // A line that wraps could not be taken away again.
    screen.write(`${emptyLine}${text.slice(0, Math.max((screen.size.columns ?? 80) - 1, 1))}`);
    isDrawn = true;
  };
  const live = { hide, show };
  const before = output.live;
  output.live = live;
  const timer = setInterval(show, everyMs);
  timer.unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      hide();
      if (output.live === live) output.live = before;
    },
  };
}
