import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { expect } from "vitest";

/** A started process that holds a lock, once it has it. */
export async function ready(child: ChildProcessWithoutNullStreams): Promise<ChildProcessWithoutNullStreams> {
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const [text] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  expect(String(text), errors).toBe("ready\n");
  return child;
}
