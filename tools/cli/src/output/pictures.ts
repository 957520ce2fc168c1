import { openFrame } from "./frame.ts";
import type { Output } from "./output.ts";

/** Often enough for a person, seldom enough for a small machine. */
const everyMs = 200;

/**
 * Shows what simulated displays show below the lines that a command prints, drawn in place. Without a terminal, or
 * where nothing is simulated, it does nothing.
 *
 * @param pictures what they show now
 */
export async function showPictures(output: Output, pictures: () => string[]): Promise<AsyncDisposable> {
  if (!output.interactive || pictures().length === 0) return { [Symbol.asyncDispose]: async () => {} };
  const frame = await openFrame(output.screen);
  const draw = () => frame.draw(`\n${pictures().join("\n\n")}`);
  output.live = { hide: () => frame.clear(), show: draw };
  draw();
  const timer = setInterval(draw, everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      draw();
      output.live = undefined;
      frame.done();
    },
  };
}
