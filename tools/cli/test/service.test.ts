import type { ServiceManager } from "@busbar/host-node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { HealthReport } from "../src/health/report.ts";
import { Schedule } from "../src/service/schedule.ts";
import { statusOf, tellService } from "../src/service/service.ts";
import { stopOnSignal } from "../src/stop.ts";
import { FakeClock } from "./support/clock.ts";

const device = { device: "indoor", kind: "sensor", lastReading: null, ageMs: 5, problem: null } as const;
const well: HealthReport = { ok: true, pid: 1, upMs: 1, devices: [{ ...device, state: "ok" }], apps: [] };
const failing = { ...device, device: "attic", state: "failing", problem: "nothing answers there" } as const;
const unwell: HealthReport = { ...well, ok: false, devices: [...well.devices, failing] };

function service(watchdogMs?: number) {
  const told: string[] = [];
  const state = { report: well, overdue: [] as string[] };
  const manager: ServiceManager = { watchdogMs, notify: (...states) => told.push(...states) };
  const kept = tellService({
    report: () => state.report,
    overdue: () => state.overdue,
    onProblem: () => undefined,
    manager,
  });
  return { ...kept, told, state };
}

describe("what systemd is told", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("ready with the state; then news only", () => {
    const { told, ready, state, [Symbol.dispose]: end } = service();
    ready();
    expect(told.splice(0)).toEqual(["READY=1", "STATUS=1 device or app, all well"]);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
    state.report = unwell;
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(["STATUS=attic failing (nothing answers there); 1 of 2 well"]);
    end();
  });

  test("the watchdog hears within half its time, and not while something is overdue", () => {
    const { told, state, [Symbol.dispose]: end } = service(1000);
    vi.advanceTimersByTime(1000);
    expect(told.filter((each) => each === "WATCHDOG=1")).toHaveLength(2);
    told.length = 0;
    state.overdue = ["indoor"];
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual(["STATUS=nothing comes of indoor any more"]);
    state.overdue = [];
    vi.advanceTimersByTime(500);
    expect(told).toContain("WATCHDOG=1");
    end();
    told.length = 0;
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([]);
  });

  test("a reload begins with its time and ends with ready; the end begins with stopping", () => {
    const { told, reloading, ready, [Symbol.dispose]: end } = service();
    reloading();
    expect(told).toEqual([]);
    ready();
    told.length = 0;
    reloading();
    expect(told.splice(0)).toEqual(["RELOADING=1", expect.stringMatching(/^MONOTONIC_USEC=[0-9]+$/)]);
    ready();
    expect(told.splice(0)).toContain("READY=1");
    using stop = stopOnSignal(() => undefined);
    stop.now();
    expect(told).toContain("STOPPING=1");
    end();
  });

  test("a status names what is not well, and counts the rest", () => {
    expect(statusOf(unwell)).toBe("attic failing (nothing answers there); 1 of 2 well");
    const many = Array.from({ length: 8 }, (_, index) => ({ ...failing, device: `d${index}` }));
    expect(statusOf({ ...unwell, devices: many })).toMatch(/^d0 failing .*, and 3 more; 0 of 8 well$/);
  });
});

describe("the schedule", () => {
  test("something is overdue after its wait, its calls and some slack; what is released never is", async () => {
    const clock = new FakeClock();
    const schedule = new Schedule(clock);
    schedule.expect("indoor", 1000, 2000);
    schedule.expect("usb", 0, 0);
    schedule.release("usb");
    await clock.sleep(41_000);
    expect(schedule.overdue).toEqual([]);
    await clock.sleep(1);
    expect(schedule.overdue).toEqual(["indoor"]);
    schedule.expect("indoor", 1000, 2000);
    expect(schedule.overdue).toEqual([]);
  });
});
