import { describe, expect, test } from "vitest";
import { AddressSpaceError, type AddressSystem, requireAddressSpace } from "../src/address-space.ts";

/** What /proc/self says, as Linux 6.1 writes it. */
function machine(
  limitGiB: number | "unlimited",
  {
    highest = "7ffeb5664000",
    withoutTrapHandler = false,
  }: Partial<{ highest: string; withoutTrapHandler: boolean }> = {},
): AddressSystem {
  const soft = limitGiB === "unlimited" ? limitGiB : String(limitGiB * 1024 ** 3);
  const files = {
    limits: `Max resident set          unlimited            unlimited            bytes     \nMax address space         ${soft.padEnd(20)} unlimited            bytes     \n`,
    status: "Name:\tnode\nVmPeak:\t 2097152 kB\nVmSize:\t 1048576 kB\n",
    maps: `00400000-00401000 r--p 00000000 fe:00 1    /usr/bin/node\n${highest.slice(0, -4)}0000-${highest} rw-p 00000000 00:00 0    [stack]\nffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0    [vsyscall]\n`,
  };
  return { withoutTrapHandler, read: (name) => files[name] };
}

/** Drivers as the tool chain makes them. */
const drivers = (count: number, memoryMiB = 64) =>
  Array.from({ length: count }, () => ({ memories: 3, memoryMiB }));

function refusal(count: number, system: AddressSystem): { message: string; flagHelps: boolean } {
  try {
    requireAddressSpace(drivers(count), system);
  } catch (error) {
    if (error instanceof AddressSpaceError) return error;
    throw error;
  }
  return { message: "", flagHelps: false };
}

describe("addresses", () => {
  test("a limit that only needs the flag names the flag", () => {
    expect(refusal(2, machine(64)).message).toBe("");
    expect(refusal(200, machine(64))).toMatchObject({
      flagHelps: true,
      message:
        "the components of this board need 5101 GiB of addresses beside what node has, and its limit of addresses " +
        "(RLIMIT_AS) leaves 63 GiB; start node with --disable-wasm-trap-handler, on its command line or in NODE_OPTIONS.",
    });
  });

  test("with the flag the same board fits", () => {
    requireAddressSpace(drivers(200), machine(64, { withoutTrapHandler: true }));
  });

  test("a limit that is too low in any case is to be raised", () => {
    expect(refusal(200, machine(16))).toMatchObject({
      flagHelps: false,
      message: expect.stringMatching(
        /^the components of this board need 39 GiB of addresses, even with --disable-wasm-trap-handler, beside .* leaves 15 GiB; raise the limit \("ulimit -v", LimitAS= of a systemd unit\), lower /,
      ),
    });
    expect(refusal(200, machine(16, { withoutTrapHandler: true })).message).toMatch(
      /^the components of this board need 39 GiB of addresses beside /,
    );
  });

  test("a kernel with 39-bit addresses is one that the highest mapping shows", () => {
    const narrow = machine("unlimited", { highest: "7fffff5000" });
    expect(refusal(19, narrow).message).toBe("");
    expect(refusal(22, narrow)).toMatchObject({
      flagHelps: true,
      message: expect.stringContaining("this kernel leaves 511 GiB; start node with"),
    });
    expect(refusal(22, machine("unlimited")).message).toBe("");
  });

  test("where nothing is known nothing is refused", () => {
    requireAddressSpace(drivers(4000), { withoutTrapHandler: false, read: () => undefined });
  });

  test("the memories that a limit lets grow are counted as they may grow", () => {
    const system = machine(64, { withoutTrapHandler: true });
    requireAddressSpace(drivers(100, 192), system);
    expect(() => requireAddressSpace(drivers(120, 192), system)).toThrow(AddressSpaceError);
  });
});
