import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { socketAddress } from "../src/systemd/notify-system.ts";
import { type ServiceManagerOptions, serviceManager } from "../src/systemd/service-manager.ts";
import { notifyReceiver } from "./notify-receiver.ts";

/** A manager whose socket does what a script says: an errno is thrown, anything else gets through. */
function scripted(script: string[], environment: ServiceManagerOptions["environment"] = {}) {
  const sent: string[] = [];
  const problems: string[] = [];
  const later: (() => void)[] = [];
  const manager = serviceManager({
    environment: { NOTIFY_SOCKET: "/run/notify", ...environment },
    pid: 7,
    system: () => ({
      send(address, text) {
        const code = script.shift();
        if (code !== undefined && code !== "") throw Object.assign(new Error(code), { code });
        sent.push(`${address} ${text}`);
      },
    }),
    onProblem: (sentence) => problems.push(sentence),
    later: (work) => later.push(work),
  });
  return { manager, sent, problems, later };
}

describe("a service manager", () => {
  test("is not there where nobody says where", () => {
    expect(serviceManager({ environment: {} })).toBeUndefined();
    expect(serviceManager({ environment: { NOTIFY_SOCKET: "" } })).toBeUndefined();
  });

  test("gets several states in one datagram, and no text adds a state of its own", () => {
    const { manager, sent } = scripted([]);
    manager!.notify("READY=1", "STATUS=all well\nWATCHDOG=trigger");
    expect(sent).toEqual(["/run/notify READY=1\nSTATUS=all well WATCHDOG=trigger"]);
  });

  test("without room it gets everything a little later, in order", () => {
    const { manager, sent, later, problems } = scripted(["EAGAIN", "EAGAIN"]);
    manager!.notify("READY=1");
    manager!.notify("STATUS=well");
    expect(sent).toEqual([]);
    later.shift()!();
    later.shift()!();
    expect(sent).toEqual(["/run/notify READY=1", "/run/notify STATUS=well"]);
    expect([later, problems]).toEqual([[], []]);
  });

  test("that cannot be reached is said once, and hurts nothing", () => {
    const { manager, problems } = scripted(["ENOENT", "ENOENT"]);
    manager!.notify("READY=1");
    manager!.notify("WATCHDOG=1");
    expect(problems).toEqual([
      "systemd cannot be told how the service is (ENOENT); NOTIFY_SOCKET is /run/notify.",
    ]);
  });

  test.each(["vsock:2:1234", "relative", "@", `/${"x".repeat(200)}`])(
    "at %s is no Unix socket",
    (address) => {
      const { manager, problems, sent } = scripted([], { NOTIFY_SOCKET: address });
      manager!.notify("READY=1");
      expect(problems).toEqual([expect.stringContaining("that is no Unix socket")]);
      expect(sent).toEqual([]);
    },
  );

  test.each([
    [{ WATCHDOG_USEC: "30000000" }, 30_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" }, 30_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "8" }, undefined],
    [{ WATCHDOG_USEC: "0" }, undefined],
    [{ WATCHDOG_USEC: "soon" }, undefined],
    [{}, undefined],
  ])("with %o wants a watchdog's ping within %s ms", (environment, expected) => {
    expect(scripted([], environment).manager!.watchdogMs).toBe(expected);
  });
});

describe("the address of a socket", () => {
  test("is a path with its end, or an abstract name without", () => {
    expect([...socketAddress("/a")].slice(2)).toEqual([0x2f, 0x61, 0]);
    expect([...socketAddress("@a")].slice(2)).toEqual([0, 0x61]);
  });
});

describe.runIf(process.platform === "linux")("a real socket", () => {
  test("of a path and of the abstract namespace gets what is told", () => {
    const folder = mkdtempSync(join(tmpdir(), "busbar-notify-"));
    try {
      for (const address of [join(folder, "notify"), `@busbar-test-${process.pid}`]) {
        using receiver = notifyReceiver(address);
        const problems: string[] = [];
        const manager = serviceManager({
          environment: { NOTIFY_SOCKET: address },
          onProblem: (sentence) => problems.push(sentence),
        });
        manager!.notify("READY=1", "STATUS=all well: 21.5 °C");
        expect(receiver.take()).toEqual(["READY=1\nSTATUS=all well: 21.5 °C"]);
        expect(problems).toEqual([]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("that is gone is said with its errno", () => {
    const problems: string[] = [];
    const manager = serviceManager({
      environment: { NOTIFY_SOCKET: "/nowhere/notify" },
      onProblem: (sentence) => problems.push(sentence),
    });
    manager!.notify("READY=1");
    expect(problems).toEqual([expect.stringContaining("(ENOENT)")]);
  });
});
