/**
 * Takes the component model's asynchronous bookkeeping out of the way from a component to the host. jco 1.35 makes two
 * tasks, five promises and an error with its stack for each call of an import, also in a component that has no
 * asynchronous function at all; nothing reads them there. They are more than half of what such a call costs.
 */

import { changedOutput } from "./error.ts";

/** How jco writes the call of one import: a function, then its name. */
const trampoline = /\bconst (_trampoline\d+) = (?:async )?function\([^)]*\) \{[\s\S]*?\n +\1\.fnName = /g;

/** The task of a call, from its declaration until it is entered. */
const taskBegin =
  /const hostProvided = true;\s*let parentTask;\s*let task;\s*let subtask;[\s\S]*?(?:const started = task\.enterSync\(\);|const started = await task\.enter\(\{ isHost: hostProvided \}\);\s*if \(!started\) \{[\s\S]*?throw new Error\("failed to enter task"\);\s*\})/;

/** The call itself, as a task. */
const taskCall =
  /(await {2})?_withGlobalCurrentTaskMeta(?:Async)?\(\{\s*componentIdx: task\.componentIdx\(\),\s*taskID: task\.id\(\),\s*fn: \(\) => _trackHostOperation\(\(\) => ([\s\S]*?)\),\s*\}\)\s*;/;

/** What happens to the task where the call has no WIT error and throws. */
const taskFailure =
  /_debugLog\('\[Instruction::CallInterface\] error during a?sync call', \{[\s\S]*?\}\);\s*(getOrCreateAsyncState\(\d+\)\.markTrapped\(err\);)\s*task\.setErrored\(err\);\s*task\.reject\(err\);\s*task\.exit\(\);\s*(?:return task\.completionPromise\(\)|throw err);/;

/** The end of the task; the value is returned after it, where there is one. */
const taskEnd = /task\.resolve\(\[[\s\S]*?\]\);\s*task\.exit\(\);/;

/** How jco wraps what a trampoline is: one way for the host's functions that suspend, one for the others. */
const binding =
  /let (trampoline\d+) = (_trampoline\d+)\.manuallyAsync \? new WebAssembly\.Suspending\(_suspendingImport\((\d+), _lowerImportBackwardsCompat\.bind\(\s*null,\s*\{[\s\S]*?importFn: \2,\s*\},\s*\)\)\) : _lowerImportBackwardsCompat\.bind\(\s*null,\s*\{[\s\S]*?importFn: \2,\s*\},\s*\);/g;

/** Of a component with asynchronous functions: their tasks are read. */
const isAsynchronous = /\b(?:isAsync|funcTypeIsAsync): true\b/;

/**
 * Waits for the host with jco's count of such waits kept, by which it tells a deadlock, and without what only tasks of
 * asynchronous functions need when it ends.
 */
const awaitHost = `
  async function _awaitHost(operation) {
    STORE_ASYNC_STATE.pendingHostOperations++;
    try {
      return await operation();
    } finally {
      STORE_ASYNC_STATE.pendingHostOperations--;
    }
  }
`;

/**
 * Lets imports call the host directly. Everything else of a call stays: the conversion of its values, the check that
 * the component may leave, the trap that an exception outside of the WIT error is, the caller's task.
 *
 * @param script jco's output; that of a component with asynchronous functions is given back as it is
 * @throws BuildError when a place is there in another form
 */
export function callImportsDirectly(script: string): string {
  if (!script.includes("function _lowerImportBackwardsCompat(") || isAsynchronous.test(script)) return script;
  const direct = script
    .replace(trampoline, (text) => directTrampoline(text))
    .replace(
      binding,
      (_, name: string, target: string, index: string) =>
        `let ${name} = ${target}.manuallyAsync ` +
        `? new WebAssembly.Suspending(_suspendingImport(${index}, ${target})) : _guardMayLeave(${index}, ${target});`,
    );
  if (direct.includes("_lowerImportBackwardsCompat.bind("))
    throw changedOutput("_lowerImportBackwardsCompat");
  return direct.replace("function _lowerImportBackwardsCompat(", `${awaitHost}$&`);
}

function directTrampoline(text: string): string {
  if (!text.includes("const hostProvided = true;")) return text;
  const direct = text
    .replace(taskBegin, "")
    .replace(taskCall, (_, waits: string | undefined, call: string) =>
      waits === undefined ? `${call};` : `await _awaitHost(() => ${call});`,
    )
    .replace(taskFailure, "$1 throw err;")
    .replace(taskEnd, "");
  // A task that is left over would be one that nobody made.
  if (/\btask\b/.test(direct)) throw changedOutput("CallInterface");
  return direct;
}
