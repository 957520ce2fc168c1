import type { MemoryCount } from "./limits.ts";
import { Trap } from "./trap.ts";

const mebibyte = 1024 * 1024;

/**
 * Why a guest ended, as what comes after "it failed:" in a sentence for the operator. An engine says what the code did, which
 * helps nobody but its author.
 *
 * @param thrown what came out of the guest: a trap, an exception of its own, or an error of the host, which stays as it is
 */
export function trapReason(thrown: unknown, memory: MemoryCount): Error {
  if (!(thrown instanceof Error)) {
    return new Trap("it threw an exception that it does not catch, which its author has to mend", {
      cause: thrown,
    });
  }
  // The engine's names for a stack that is full: V8's and JavaScriptCore's, and SpiderMonkey's.
  if (/call stack|too much recursion/i.test(thrown.message)) {
    return new Trap("its calls are nested too deeply, which its author has to mend", { cause: thrown });
  }
  if (!(thrown instanceof WebAssembly.RuntimeError)) return thrown;
  // A guest that gets no more memory sees that, can do little about it, and usually traps.
  if (memory.refused) {
    const limitMiB = memory.maximum / mebibyte;
    const more = `set "limits": { "memoryMiB": ${limitMiB * 2} } or more`;
    return new Trap(`it needs more than its ${limitMiB} MiB of memory; ${more}`, { cause: thrown });
  }
  return new Trap(`it trapped (${thrown.message}), which its author has to mend`, { cause: thrown });
}
