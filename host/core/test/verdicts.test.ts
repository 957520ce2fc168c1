import { describe, expect, test } from "vitest";
import { App } from "../src/app/app.ts";
import { parseBoard } from "../src/board/parse.ts";
import { type GpioCall, type GpioVerdict, judgeGpio } from "../src/bus/gpio/judge.ts";
import { type I2cVerdict, judgeI2c } from "../src/bus/i2c/judge.ts";
import { judgeSpi, type SpiVerdict } from "../src/bus/spi/judge.ts";
import { judgeUart, type UartCall, type UartVerdict } from "../src/bus/uart/judge.ts";
import { judgeUsb, type UsbVerdict } from "../src/bus/usb/judge.ts";
import { readComponent } from "../src/component/interface.ts";
import { serves } from "../src/component/interface-name.ts";
import { deviceModules } from "../src/device/modules.ts";
import { HostError } from "../src/error.ts";
import { type FolderCall, judgeFolder } from "../src/grants/folder.ts";
import { link } from "../src/link/link.ts";
import { builtIn } from "../src/modules.ts";
import { componentBytes, type NamedExtern } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import {
  cases,
  deviceEntry,
  folderCall,
  folderGrant,
  i2cOperation,
  spiOperation,
  usbCall,
  usbDevices,
  type WrittenUsbCall,
} from "./verdict-tables.ts";

type Verdict = "allow" | { deny: string } | { wouldDeny: string };

/** `reason` is there for each verdict that is not "allow". */
interface Expected {
  name: string;
  verdict: Verdict;
  reason?: string;
}

interface CallCase extends Expected {
  device: object;
  call: { bus: number | string; address: number; operations: object[]; repeat?: number };
}

interface SpiCase extends Expected {
  device: object;
  call: { operations: object[]; repeat?: number };
}

interface UsbCase extends Expected {
  device: object;
  usb: string;
  call: WrittenUsbCall;
}

interface FolderCase {
  name: string;
  folder: { path: string };
  call: FolderCall & { repeat?: number };
  verdict: string[] | { deny: string };
  reason?: string;
}

interface LinkCase {
  name: string;
  device: object;
  imports: NamedExtern[];
  exports: NamedExtern[];
  verdict: "start" | { refuse: string | null };
  drives?: string | null;
  reason?: string;
}

function outcome(judged: I2cVerdict | SpiVerdict | UsbVerdict | GpioVerdict | UartVerdict): {
  verdict: Verdict;
  reason?: string;
} {
  if (!judged.allowed) return { verdict: { deny: judged.denied }, reason: judged.reason };
  if (!("wouldBeDenied" in judged)) return { verdict: "allow" };
  return { verdict: { wouldDeny: judged.wouldBeDenied }, reason: judged.reason };
}

function expected({ verdict, reason }: Expected): { verdict: Verdict; reason?: string } {
  return { verdict, ...(reason !== undefined && { reason }) };
}

/** Whether it is denied as one of these, which no entry gets by not being enforced. */
function staysDenied(verdict: Verdict, these: readonly string[]): boolean {
  return typeof verdict === "object" && "deny" in verdict && these.includes(verdict.deny);
}

describe("calls", () => {
  test.each(cases<CallCase>("i2c.json"))("$name", ({ device, call, ...rest }) => {
    const operations = call.operations.map(i2cOperation);
    const { i2c, enforce } = deviceEntry(device);
    const asked = {
      bus: call.bus,
      address: call.address,
      operations: call.repeat === undefined ? operations : Array(call.repeat).fill(operations[0]),
    };
    expect(outcome(judgeI2c(i2c, asked, enforce !== false))).toEqual(expected(rest));
    if (staysDenied(rest.verdict, ["bus", "address"])) {
      expect(outcome(judgeI2c(i2c, asked, false))).toEqual(expected(rest));
    }
  });
});

describe("SPI calls", () => {
  test.each(cases<SpiCase>("spi.json"))("$name", ({ device, call, ...rest }) => {
    const written = call.operations.map(spiOperation);
    const operations = call.repeat === undefined ? written : Array(call.repeat).fill(written[0]);
    const { spi, enforce } = deviceEntry(device);
    expect(outcome(judgeSpi(spi, operations, enforce !== false))).toEqual(expected(rest));
    if (staysDenied(rest.verdict, ["bus", "delay"])) {
      expect(outcome(judgeSpi(spi, operations, false))).toEqual(expected(rest));
    }
  });
});

describe("USB calls", () => {
  const devices = usbDevices();
  const these = ["device", "security-key", "interface", "endpoint", "set-configuration", "reset"];

  test.each(cases<UsbCase>("usb.json"))("$name", ({ device, usb, call, ...rest }) => {
    const { usb: grant, enforce } = deviceEntry(device);
    const judge = (enforced: boolean) => outcome(judgeUsb(grant, devices[usb]!, usbCall(call), enforced));
    expect(judge(enforce !== false)).toEqual(expected(rest));
    if (staysDenied(rest.verdict, these)) expect(judge(false)).toEqual(expected(rest));
  });
});

interface UartCase extends Expected {
  device: object;
  call: UartCall;
}

describe("calls on serial ports", () => {
  test.each(cases<UartCase>("uart.json"))("$name", ({ device, call, ...rest }) => {
    const { uart, enforce } = deviceEntry(device);
    expect(outcome(judgeUart(uart, call, enforce !== false))).toEqual(expected(rest));
    if (staysDenied(rest.verdict, ["port"])) {
      expect(outcome(judgeUart(uart, call, false))).toEqual(expected(rest));
    }
  });
});

interface GpioCase extends Expected {
  device: object;
  call: GpioCall;
}

describe("pins", () => {
  test.each(cases<GpioCase>("gpio.json"))("$name", ({ device, call, ...rest }) => {
    const { gpio, enforce } = deviceEntry(device);
    expect(outcome(judgeGpio(gpio, call, enforce !== false))).toEqual(expected(rest));
    if (staysDenied(rest.verdict, ["line"])) {
      expect(outcome(judgeGpio(gpio, call, false))).toEqual(expected(rest));
    }
  });
});

describe("calls on a folder", () => {
  test.each(cases<FolderCase>("folder.json"))("$name", ({ folder, call, verdict, reason }) => {
    const judged = judgeFolder(folderGrant(folder), folderCall(call));
    expect(judged.allowed ? judged.names : { deny: judged.denied }).toEqual(verdict);
    expect(judged.allowed ? undefined : judged.reason).toBe(reason);
  });
});

describe("links", () => {
  test.each(cases<LinkCase>("link.json"))(
    "$name",
    ({ device, imports, exports, verdict, drives, reason }) => {
      const component = readComponent(componentBytes(imports, exports), "./x.wasm");
      const attempt = () => {
        const { exportName } = link("subject", deviceEntry(device), "./x.wasm", component);
        return { verdict: "start", drives: exportName ?? null };
      };
      if (verdict === "start") {
        expect(attempt()).toEqual({ verdict, drives });
      } else {
        const code = verdict.refuse === null ? "component" : "not-granted";
        expect(reason).toContain(verdict.refuse ?? "is no device driver");
        expect(attempt).toThrow(new HostError(code, reason!));
        expect(attempt).toThrow(expect.objectContaining({ code }));
      }
    },
  );
});

interface BridgeLinkCase {
  name: string;
  place: "bridges" | "devices";
  entry: object;
  imports: NamedExtern[];
  exports: NamedExtern[];
  verdict: "start" | { refuse: string | null };
  exported?: string[];
  reason?: string;
}

describe("links of bridges", () => {
  test.each(cases<BridgeLinkCase>("link-bridges.json"))(
    "$name",
    ({ place, entry, imports, exports, verdict, exported, reason }) => {
      const component = readComponent(componentBytes(imports, exports), "./x.wasm");
      const attempt = () => link("subject", deviceEntry(entry), "./x.wasm", component, { place });
      if (verdict === "start") {
        const { kind, controllers } = attempt();
        expect([kind, [...controllers.keys()]]).toEqual(["bridge", exported]);
      } else {
        const code = verdict.refuse === null ? "component" : "not-granted";
        expect(attempt).toThrow(new HostError(code, reason!));
        expect(attempt).toThrow(expect.objectContaining({ code }));
      }
    },
  );
});

interface AppLinkCase {
  name: string;
  uses: string[];
  imports: NamedExtern[];
  exports: NamedExtern[];
  verdict: "start" | { refuse: string | null };
  reason?: string;
}

describe("links of apps", () => {
  test.each(cases<AppLinkCase>("link-apps.json"))("$name", ({ uses, imports, exports, verdict, reason }) => {
    const i2c = (address: string) => ({ bus: 1, address });
    const { apps, devices } = parseBoard({
      devices: {
        indoor: { driver: "./x.wasm", i2c: i2c("0x76") },
        panel: { driver: "./x.wasm", i2c: i2c("0x27") },
        bare: { i2c: i2c("0x40") },
      },
      apps: {
        subject: { component: "./x.wasm", uses },
        // What nobody drives is a mistake in a board.
        other: { component: "./x.wasm", uses: ["bare"] },
      },
    });
    const component = fakeComponent("./x.wasm", componentBytes(imports, exports), () => ({}));
    const check = () => new App("subject", apps.subject!, component, devices, builtIn, deviceModules);
    if (verdict === "start") {
      check();
      return;
    }
    const code = verdict.refuse === null ? "component" : "not-granted";
    expect(reason).toContain(verdict.refuse ?? "is no app");
    expect(check).toThrow(new HostError(code, reason!));
    expect(check).toThrow(expect.objectContaining({ code }));
  });
});

describe("versions", () => {
  test.each(cases<{ name: string; offered: string; asked: string; serves: boolean }>("versions.json"))(
    "$name: $offered for $asked",
    ({ offered, asked, serves: expected }) => {
      expect(serves(offered, asked)).toBe(expected);
    },
  );
});
