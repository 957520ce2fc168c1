import { HostError } from "@busbar/host";
import { expect, test } from "vitest";
import cases from "../../verdicts/packages.json" with { type: "json" };
import { componentOfPackage } from "../src/components/package-component.ts";

test.each(cases)("$name", ({ busbar, wired, verdict }) => {
  const choose = () => componentOfPackage("part", busbar, wired);
  if (typeof verdict === "string") expect(choose()).toBe(verdict);
  else expect(choose).toThrow(new HostError("component", verdict.refuse));
});
