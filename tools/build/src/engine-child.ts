/** The process in which an engine's builder evaluates a driver's module; see engine.ts. */

import type { EngineAnswer, EngineTask } from "./engine.ts";
import { messageOf } from "./error.ts";

process.once("message", (task: EngineTask) => {
  void build(task)
    .catch((error: unknown): EngineAnswer => ({ error: messageOf(error) }))
    .then((answer) => process.send?.(answer));
});

// Whoever asked is gone.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

async function build(task: EngineTask): Promise<EngineAnswer> {
  if (task.engine === "quickjs") {
    const { componentize } = await import("componentize-qjs");
    return await componentize(task.options);
  }
  if (task.engine === "micro") {
    const { buildMicro } = await import("./micro/micro.ts");
    return { component: buildMicro(task.options) };
  }
  const { componentize } = await import("@bytecodealliance/componentize-js");
  return await componentize(task.options);
}
