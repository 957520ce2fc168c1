/** Our model of a serial port, judged by the kernel's own cdc-acm driver. */

import { randomBytes } from "node:crypto";
import { CdcAcmEcho } from "@busbar/cdc-acm/model";
import {
  type AttachedUsbDevice,
  attachUsbDevice,
  CharacterDevice,
  inVirtualMachine,
  waitFor,
} from "@busbar/lab/guest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/run.ts";

/** include/uapi/asm-generic/ioctls.h and termios.h. */
const TCSBRK = 0x5409;
const TIOCMBIC = 0x5417;
const TIOCMBIS = 0x5416;
const TIOCM_DTR = 0x002;
const TIOCM_RTS = 0x004;

/** bmControlLineState: PSTN 1.2 table 18. */
const DTR = 1;
const RTS = 2;

/** What stty has to say for bytes to pass as they are. */
const RAW = ["raw", "-echo", "-echoe", "-echok", "clocal"];

let serialNumbers = 0;
const serialNumber = () => {
  serialNumbers += 1;
  return `cdc-acm-${serialNumbers}`;
};

/** Calls ioctl with a number, or with the address of one. */
async function ioctl(tty: string, request: number, argument: number, isAddress: boolean): Promise<void> {
  const value = isAddress ? `pack("i", ${argument})` : `${argument}`;
  const program = `my $v = ${value}; open(F, "+<", $ARGV[0]) or die $!; ioctl(F, ${request}, $v) or die $!`;
  await run("perl", ["-e", program, tty]);
}

async function ttyOf(device: AttachedUsbDevice): Promise<string> {
  return `/dev/${await device.find(/\/tty\/ttyACM\d+$/)}`;
}

/** Sends random bytes and reads as many, at the same time. */
async function roundTrip(port: CharacterDevice, length: number): Promise<[sent: Buffer, received: Buffer]> {
  const sent = randomBytes(length);
  const received: Uint8Array[] = [];
  const reading = (async () => {
    for (let count = 0; count < length; count += received.at(-1)!.length) {
      received.push(await port.read(Math.min(16_384, length - count)));
    }
  })();
  await Promise.all([port.write(sent), reading]);
  return [sent, Buffer.concat(received)];
}

describe.runIf(inVirtualMachine())("the kernel's cdc-acm", () => {
  const model = new CdcAcmEcho({ serialNumber: serialNumber() });
  let device: AttachedUsbDevice;
  let tty: string;
  let port: CharacterDevice;

  beforeAll(async () => {
    device = await attachUsbDevice(model);
    tty = await ttyOf(device);
    port = await CharacterDevice.open(tty);
    await run("stty", ["-F", tty, ...RAW]);
  });
  afterAll(async () => {
    await port?.[Symbol.asyncDispose]();
    await device?.detach();
  });

  it.each([1, 511, 512, 513, 4096])("gets %i bytes back", async (length) => {
    const [sent, received] = await roundTrip(port, length);
    expect(received.equals(sent)).toBe(true);
  });

  it("gets half a megabyte of random bytes back, whole", async () => {
    const [sent, received] = await roundTrip(port, 512 * 1024);
    expect(received.equals(sent)).toBe(true);
  });

  it.each([
    [["57600", "cs7", "parenb", "-parodd", "cstopb"], 57_600, 2, 2, 7],
    [["300", "cs5", "parenb", "parodd", "-cstopb"], 300, 0, 1, 5],
    [["921600", "cs8", "-parenb", "-cstopb"], 921_600, 0, 0, 8],
    [["115200", "cs8", "parenb", "cmspar", "parodd"], 115_200, 0, 3, 8],
    [["9600", "cs8", "-parenb", "-cmspar", "-parodd"], 9600, 0, 0, 8],
  ] as const)("sets the line coding that stty %j asks for", async (settings, rate, stop, parity, bits) => {
    await run("stty", ["-F", tty, ...settings]);
    const coding = Buffer.from(model.lineCoding);
    expect([coding.readUInt32LE(0), ...coding.subarray(4)]).toEqual([rate, stop, parity, bits]);
  });

  it("switches DTR and RTS", async () => {
    expect(model.controlLineState).toBe(DTR | RTS);
    // Every opening raises both.
    await ioctl(tty, TIOCMBIC, TIOCM_RTS, true);
    expect(model.controlLineState).toBe(DTR);
    await ioctl(tty, TIOCMBIC, TIOCM_DTR, true);
    expect(model.controlLineState).toBe(RTS);
    await ioctl(tty, TIOCMBIC, TIOCM_DTR | TIOCM_RTS, true);
    expect(model.controlLineState).toBe(0);
    await ioctl(tty, TIOCMBIS, TIOCM_DTR, true);
    expect(model.controlLineState).toBe(DTR | RTS);
  });

  it("sends a break, and hears of the one that comes back", async () => {
    await ioctl(tty, TCSBRK, 0, false);
    expect(model.breaks).toEqual([0xffff, 0]);
    // A break is read as a zero byte.
    expect(await port.read(16)).toEqual(Uint8Array.of(0));
  });

  it("drops DTR and RTS with the last user, and begins again with the next", async () => {
    await port[Symbol.asyncDispose]();
    await waitFor("drop DTR", () => model.controlLineState === 0 || undefined);
    port = await CharacterDevice.open(tty);
    expect(model.controlLineState).toBe(DTR | RTS);
    const [sent, received] = await roundTrip(port, 5000);
    expect(received.equals(sent)).toBe(true);
  });

  it("goes on after a port that is unplugged in the middle", async () => {
    const full = new CdcAcmEcho({ serialNumber: serialNumber(), speed: "full", notificationPacketBytes: 8 });
    {
      await using first = await attachUsbDevice(full);
      await using torn = await CharacterDevice.open(await ttyOf(first));
      await run("stty", ["-F", torn.path, ...RAW]);
      const writing = (async () => {
        for (;;) await torn.write(randomBytes(1000));
      })();
      const broken = expect(writing).rejects.toMatchObject({ code: expect.stringMatching(/^(EIO|ENODEV)$/) });
      await torn.read(100);
      await first.unplug();
      await broken;
    }
    await using second = await attachUsbDevice(full);
    await using again = await CharacterDevice.open(await ttyOf(second));
    await run("stty", ["-F", again.path, ...RAW]);
    const [sent, received] = await roundTrip(again, 3000);
    expect(received.equals(sent)).toBe(true);
  });
});
