import { describe, expect, test } from "vitest";
import { suspending } from "../src/component/preempt/jspi.ts";
import { runModule } from "./preempt-modules.ts";
import { loop, rig, start } from "./preempt-rig.ts";

describe("a guest that only asks", () => {
  /** Calls `host.ask` without end. */
  const asking = () => runModule(loop(0x10, 0), { imports: [["host", "ask", [0x00, 0]]] });

  test("is held, though each of its waits is over at once and the loop never turns", async () => {
    const { gate, counts, pace } = rig();
    gate.begin(Number.POSITIVE_INFINITY);
    const reason = new Error("the loop has turned");
    setImmediate(() => gate.stop(reason));
    let asked = 0;
    const ask = suspending(async () => {
      counts.now += 1;
      asked += 1;
      gate.afterWait();
    });
    const { run } = start(gate, asking(), { host: { ask } });
    await expect(run()).rejects.toThrow(WebAssembly.RuntimeError);
    expect(gate.reason).toBe(reason);
    expect(pace.holds).toBeGreaterThan(0);
    expect(asked).toBeLessThan(100);
  });
});
