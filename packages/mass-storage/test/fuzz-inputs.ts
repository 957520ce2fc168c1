/** What the fuzz runs share: inputs from a random source, and the rules that no input may break. */

import type { Random } from "@busbar/fuzz";
import { completeOptions, DriverError, UsbDevice, type UsbHost } from "@busbar/guest";
import { completionOf, decodeCommand, decodeStatus, isStatusOf } from "../src/bot.ts";
import { MassStorage, massStorageOptions } from "../src/mass-storage.ts";
import { isBootSector, parseBootRecord } from "../src/mbr.ts";
import { type PartitionTable, readPartitions } from "../src/partitions.ts";
import * as scsi from "../src/scsi.ts";
import { describeSense, parseSense } from "../src/sense.ts";
import { diskOf, type GptFields, gptImage, putBootRecord, sealHeader } from "./images.ts";
import { capacityData, IN, inquiryData, OUT, status } from "./stick.ts";

/** Runs something that may throw DriverError and nothing else. @returns whether it was accepted */
export function tolerate(body: () => void): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if (error instanceof DriverError) return false;
    throw error;
  }
}

function rule(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}

/** All parsers of single answers, on the same bytes. */
export function exerciseParsers(bytes: Uint8Array): boolean {
  const command = decodeCommand(bytes);
  rule(command === undefined || (command.block.length <= 16 && bytes.length === 31), "a command of 31 bytes");
  let accepted = tolerate(() => {
    const wrapper = decodeStatus(bytes);
    const completion = completionOf(wrapper.tag, { direction: "in", length: 512 }, 512, wrapper);
    rule(completion === undefined || completion.processed <= 512, "no more processed than asked for");
    rule(isStatusOf(wrapper.tag, bytes), "a status is the status of its tag");
  });
  accepted = tolerate(() => void scsi.parseInquiry(bytes)) || accepted;
  accepted =
    tolerate(() => {
      const capacity = scsi.parseCapacity10(bytes);
      rule(capacity === undefined || capacity.lastBlock < 0xffff_ffff, "a last block of 32 bits");
    }) || accepted;
  accepted =
    tolerate(() => {
      const { lastBlock, blockLength } = scsi.parseCapacity16(bytes);
      rule(Number.isSafeInteger(lastBlock + 1) && blockLength >= 512 && blockLength <= 4096, "a capacity");
    }) || accepted;
  tolerate(() => void scsi.parseWriteProtection(bytes));
  const sense = parseSense(bytes);
  if (sense !== undefined) rule(describeSense(sense).length < 120, "a short description");
  isBootSector(bytes);
  parseBootRecord(bytes);
  return accepted;
}

/** Bytes that are nearly what a parser wants, or anything. */
export function answerInput(random: Random): Uint8Array {
  const kind = random(6);
  const bytes =
    kind === 0
      ? status(random(0x1_0000), random(4), random(1024))
      : kind === 1
        ? inquiryData()
        : kind === 2
          ? capacityData(random(0x1_0000_0000), 512 << random(5))
          : kind === 3
            ? Uint8Array.from([
                0x70 + random(5),
                0,
                random(16),
                0,
                0,
                0,
                0,
                10,
                0,
                0,
                0,
                0,
                random(256),
                random(256),
              ])
            : Uint8Array.from({ length: random(64) }, () => random(256));
  for (let count = random(4); count > 0 && bytes.length > 0; count -= 1)
    bytes[random(bytes.length)] = random(256);
  return random(4) === 0 ? bytes.slice(0, random(bytes.length + 1)) : bytes;
}

const BLOCKS = 64;

/** A small disk with an MBR, a chain of extended records, or a GPT, somewhat spoiled. */
export function imageInput(random: Random): Uint8Array {
  if (random(4) === 0) return gptInput(random);
  const image = new Uint8Array(512 * BLOCKS);
  const near = () => (random(8) === 0 ? 0x1_0000_0000 - 1 - random(4) : random(BLOCKS + 4));
  const types = [0x00, 0x05, 0x0f, 0x0c, 0x83, 0x85, 0xee];
  const entries = () =>
    Array.from({ length: random(5) }, () => ({
      status: random(6) === 0 ? random(256) : 0,
      type: types[random(types.length)]!,
      start: near(),
      count: near(),
    }));
  putBootRecord(image, 0, entries());
  for (let count = random(12); count > 0; count -= 1) putBootRecord(image, 512 * random(BLOCKS), entries());
  if (random(8) === 0) image[random(image.length)] = random(256);
  return image;
}

const GUID = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";

function gptInput(random: Random): Uint8Array {
  const fields: GptFields = {
    blockSize: 512,
    blockCount: 80,
    diskGuid: GUID,
    firstUsable: random(80),
    lastUsable: random(80),
    partitions: Array.from({ length: random(4) }, () => ({
      typeGuid: GUID,
      guid: GUID,
      first: random(80),
      last: random(80),
      attributes: BigInt(random(8)),
      name: "x".repeat(random(36)),
    })),
  };
  const image = gptImage(fields);
  for (const header of [512, 79 * 512]) {
    for (let count = random(3); count > 0; count -= 1) image[header + random(96)] = random(256);
    if (random(4) > 0) sealHeader(image, header);
  }
  return image;
}

/** Reads the partitions of an image: bounded, and none beyond the end of the disk. */
export function exerciseImage(image: Uint8Array): boolean {
  const disk = diskOf(image);
  let table: PartitionTable | undefined;
  const accepted = tolerate(() => {
    table = readPartitions(disk);
  });
  rule(disk.reads.length <= 133, "a bounded number of reads");
  rule(
    disk.reads.every(([, count]) => count * 512 <= 1024 * 1024),
    "no read that follows a claim of size",
  );
  for (const { firstBlock, blockCount } of table?.partitions ?? []) {
    rule(firstBlock >= 0 && blockCount >= 1 && firstBlock + blockCount <= disk.blockCount, "on the disk");
  }
  return accepted;
}

/** How many transfers one call may make: ATTEMPTS, repeats and their REQUEST SENSE, all bounded. */
const MOST_TRANSFERS = 2000;

/** A device that answers anything, mostly what it should: the driver comes to an end, with blocks or a DriverError. */
export function exerciseDevice(random: Random): boolean {
  let transfers = 0;
  const fault = 4 + random(60);
  let last: { tag: number; block: Uint8Array; length: number } | undefined;
  let data = false;
  const fail = (codes: readonly string[]): never => {
    throw Object.assign(new Error("fault"), { payload: codes[random(codes.length)] });
  };
  const faults = ["pipe", "pipe", "io", "overflow", "timeout", "no-device"];
  const answer = (endpoint: number, sent: Uint8Array, length: number): Uint8Array => {
    transfers += 1;
    rule(transfers < MOST_TRANSFERS, "a bounded number of transfers");
    if (random(fault) === 0) return fail(faults);
    if (endpoint === OUT) {
      const command = decodeCommand(sent);
      if (command !== undefined) {
        last = command;
        data = command.direction === "in";
      }
      return new Uint8Array(sent.length);
    }
    if (random(fault) === 0) return answerInput(random).slice(0, length);
    if (!data)
      return status(last?.tag ?? 0, random(8) === 0 ? random(4) : 0, random(fault) === 0 ? random(2000) : 0);
    data = false;
    return replyTo(last!.block[0]!, length, random);
  };
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    waitMs: (ms: number) => {
      nowMs += ms;
    },
  };
  return tolerate(() => {
    using usb = new UsbDevice(hostOf(answer), "fuzz");
    const options = { queue: random(3) as 0 | 1 | 2, readyTimeoutMs: 300 };
    const driver = new MassStorage(usb, clock, completeOptions(massStorageOptions, options));
    const { blockSize, maximumTransferBlocks } = driver.info();
    for (let call = 0; call < 4; call += 1) {
      transfers = 0;
      const count = 1 + random(Math.min(maximumTransferBlocks, 4));
      tolerate(() => rule(driver.read(call * count, count).length === count * blockSize, "whole blocks"));
      if (random(3) === 0) tolerate(() => driver.write(random(8), new Uint8Array(blockSize)));
      if (random(3) === 0) tolerate(() => driver.flush());
    }
    driver.close();
  });
}

function replyTo(operation: number, length: number, random: Random): Uint8Array {
  if (operation === scsi.Operation.INQUIRY) return inquiryData().slice(0, length);
  if (operation === scsi.Operation.READ_CAPACITY_10) return capacityData(1 + random(1000));
  if (operation === scsi.Operation.REQUEST_SENSE) {
    const codes = [0x04, 0x11, 0x20, 0x28, 0x29, 0x3a];
    return Uint8Array.from({ length: 18 }, (_, index) =>
      index === 0 ? 0x70 : index === 2 ? random(16) : index === 12 ? codes[random(codes.length)]! : random(3),
    );
  }
  return new Uint8Array(random(16) === 0 ? random(length + 1) : length);
}

type Answer = (endpoint: number, sent: Uint8Array, length: number) => Uint8Array;

/** component:usb with one device, which answers when it is waited for. */
function hostOf(answer: Answer): UsbHost {
  const endpoint = (endpointAddress: number) => ({
    length: 7,
    descriptorType: 5,
    endpointAddress,
    attributes: 2,
    maxPacketSize: 512,
    interval: 0,
    refresh: 0,
    synchAddress: 0,
  });
  const configuration = {
    length: 9,
    descriptorType: 2,
    totalLength: 32,
    configurationValue: 1,
    configurationIndex: 0,
    attributes: 0x80,
    maxPower: 50,
    interfaces: [
      {
        length: 9,
        descriptorType: 4,
        interfaceNumber: 0,
        alternateSetting: 0,
        interfaceClass: 8,
        interfaceSubclass: 6,
        interfaceProtocol: 0x50,
        interfaceIndex: 0,
        endpoints: [endpoint(IN), endpoint(OUT)],
      },
    ],
  };
  const nothing = () => {};
  type Handle = ReturnType<ReturnType<UsbHost["listDevices"]>[number][0]["open"]>;
  type Transfer = ReturnType<Handle["newTransfer"]>;
  const waiting = new Map<Transfer, () => Uint8Array>();
  const handle: Handle = {
    getConfiguration: () => 1,
    setConfiguration: nothing,
    claimInterface: nothing,
    releaseInterface: nothing,
    setInterfaceAltsetting: nothing,
    clearHalt: nothing,
    resetDevice: nothing,
    allocStreams: nothing,
    freeStreams: nothing,
    kernelDriverActive: () => false,
    detachKernelDriver: nothing,
    attachKernelDriver: nothing,
    close: nothing,
    [Symbol.dispose]: nothing,
    newTransfer: (type, _setup, length, options) => {
      const transfer: Transfer = {
        submitTransfer: (sent) => {
          const isControl = type === "control";
          waiting.set(transfer, () =>
            isControl ? new Uint8Array(1) : answer(options.endpoint, sent, length),
          );
        },
        cancelTransfer: () => {
          waiting.set(transfer, () => {
            throw Object.assign(new Error("cancelled"), { payload: "interrupted" });
          });
        },
        [Symbol.dispose]: () => void waiting.delete(transfer),
      };
      return transfer;
    },
  };
  const device = {
    open: () => handle,
    getConfigurationDescriptor: () => configuration,
    getConfigurationDescriptorByValue: () => configuration,
    getActiveConfigurationDescriptor: () => configuration,
    [Symbol.dispose]: nothing,
  };
  const descriptor = {
    length: 18,
    descriptorType: 1,
    usbVersionBcd: 0x0200,
    deviceClass: 0,
    deviceSubclass: 0,
    deviceProtocol: 0,
    maxPacketSize0: 64,
    vendorId: 0x1209,
    productId: 2,
    deviceVersionBcd: 0x0100,
    manufacturerIndex: 0,
    productIndex: 0,
    serialNumberIndex: 0,
    numConfigurations: 1,
  };
  const location = { busNumber: 1, deviceAddress: 2, portNumber: 1, speed: "high" as const };
  return {
    init: nothing,
    listDevices: () => [[device, descriptor, location]],
    awaitTransfer: (transfer) => {
      const complete = waiting.get(transfer)!;
      waiting.delete(transfer);
      return complete();
    },
  };
}
