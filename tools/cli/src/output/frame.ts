import type { Screen } from "./screen.ts";

/** Text that is drawn in place, over and over, at the end of a terminal. */
export interface Frame {
  /** Draws it, where the terminal takes it: one that was stopped misses frames. */
  draw(text: string): void;
  /** Takes it off. */
  clear(): void;
  /** Leaves the last one. */
  done(): void;
}

/** Begins a frame. */
export async function openFrame(screen: Screen): Promise<Frame> {
  const { createLogUpdate } = await import("log-update");
  const update = createLogUpdate(screen.stream);
  return {
    draw: (text) => {
      if (screen.drained === undefined)
        update(
          text
            .split("\n")
            .map((line) => screen.safe(line))
            .join("\n"),
        );
    },
    clear: () => update.clear(),
    done: () => update.done(),
  };
}
