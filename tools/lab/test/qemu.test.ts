import { describe, expect, it } from "vitest";
import { qemuArguments } from "../src/qemu.ts";

const options = {
  kernelImage: "/k",
  initramfs: "/i",
  socketFolder: "/s,t",
  resultsFolder: "/r,1",
  more: ["-device", "qemu-xhci"],
};

describe("qemuArguments", () => {
  it("shares the root for reading only, and writes a comma in a path twice", () => {
    const words = qemuArguments({ ...options, accelerator: "tcg" });
    expect(words).toContain("local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap");
    expect(words).toContain("local,path=/r,,1,mount_tag=results,security_model=none,multidevs=remap");
    expect(words).toContain("socket,id=status,path=/s,,t/status");
    expect(words.slice(-2)).toEqual(["-device", "qemu-xhci"]);
  });

  it("takes the processor that fits the accelerator", () => {
    const processor = (accelerator: "kvm" | "tcg") => {
      const words = qemuArguments({ ...options, accelerator });
      return [words[words.indexOf("-accel") + 1], words[words.indexOf("-cpu") + 1]];
    };
    expect(processor("kvm")).toEqual(["kvm", "host"]);
    expect(processor("tcg")).toEqual(["tcg,thread=multi", "max,-pku"]);
  });
});
