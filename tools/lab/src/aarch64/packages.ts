import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../error.ts";
import { run } from "../run.ts";

/** apt for another architecture, with lists and a cache of its own: this machine's are left as they are. */
const OPTIONS = (folder: string) => [
  ...["-o", "APT::Architecture=arm64", "-o", "APT::Architectures=arm64", "-o", "APT::Sandbox::User=root"],
  ...["-o", `Dir::State::Lists=${join(folder, "lists")}`, "-o", `Dir::Cache=${join(folder, "cache")}`],
  ...["-o", "Dir::State::status=/dev/null", "-o", "Acquire::Languages=none"],
];

/**
 * Downloads and unpacks what an aarch64 machine starts from: Debian's kernel, and a busybox without shared libraries. Nothing is
 * installed.
 *
 * @returns the folder that they are unpacked in
 * @throws LabError where they are not to be had
 */
export async function unpackPackages(folder: string): Promise<string> {
  const root = join(folder, "root");
  await mkdir(join(folder, "lists/partial"), { recursive: true });
  await mkdir(join(folder, "cache/archives/partial"), { recursive: true });
  await rm(root, { recursive: true, force: true });
  await mkdir(root);
  const options = OPTIONS(folder);
  const long = { workingDirectory: folder, timeoutMs: 300_000 };
  try {
    await run("apt-get", [...options, "update"], long);
    const depends = await run("apt-cache", [...options, "depends", "linux-image-arm64"], long);
    const kernel = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
    if (kernel === undefined) throw new Error("apt knows no kernel for arm64");
    await run("apt-get", [...options, "download", kernel, "busybox-static"], long);
    for (const file of (await readdir(folder)).filter((name) => name.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(folder, file), root], long);
      await rm(join(folder, file));
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim().split("\n").at(-1) : String(cause);
    throw new LabError(
      `Debian's packages for aarch64 cannot be downloaded; try again with a network. (${reason})`,
      {
        cause,
      },
    );
  }
  return root;
}
