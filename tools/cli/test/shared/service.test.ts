import { describe, expect, test } from "vitest";
import { notifyReceiver } from "../../../../host/node/test/notify-receiver.ts";
import { ended, folderWithModels, simulatedBoard, slow, start } from "../support/busbar.ts";

describe.runIf(process.platform === "linux")("busbar run under a service manager", { timeout: slow }, () => {
  test("tells that it is ready, alive, and stopping", async () => {
    using folder = folderWithModels({ "board.json": simulatedBoard() });
    const address = `@busbar-run-${process.pid}`;
    using receiver = notifyReceiver(address);
    const child = start(["run", "--every", "5"], {
      cwd: folder.path,
      env: { NOTIFY_SOCKET: address, WATCHDOG_USEC: "40000" },
    });
    const done = ended(child);
    const told: string[] = [];
    while (!told.some((each) => each.includes("WATCHDOG=1"))) {
      told.push(...receiver.take());
      if (child.exitCode !== null) throw new Error("the command ended");
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(told[0]).toMatch(/^READY=1\nSTATUS=1 device or app, all well$/);
    child.kill("SIGTERM");
    const { code, stderr } = await done;
    expect(receiver.take().join("\n")).toContain("STOPPING=1");
    expect([code, stderr]).toEqual([0, ""]);
  });
});
