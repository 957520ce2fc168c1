import type { TakeInput } from "@busbar/host";

/** This command's standard input, for the one app that is let read it; disposing it lets the process end. */
export interface ProgramInput extends Disposable {
  readonly take: TakeInput;
}

/** Nothing is read before the app asks for it. */
export function programInput(): ProgramInput {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  return {
    take: async () => {
      chunks ??= process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
      const { value } = await chunks.next();
      return value as Uint8Array | undefined;
    },
    [Symbol.dispose]: () => {
      if (chunks !== undefined) process.stdin.destroy();
    },
  };
}
