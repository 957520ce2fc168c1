import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { completePath } from "../run.ts";
import { waitFor } from "./wait.ts";

const execute = promisify(execFile);

const PROGRAM = "/lib/systemd/systemd";
const TARGET = "busbar-lab.target";
const CGROUPS = "/sys/fs/cgroup";
/** Its first process takes eight seconds where the processor is emulated. */
const START_LIMIT_MS = 60_000;
const SOCKET = "/run/systemd/private";

/** Whether the distribution has systemd. */
export function hasSystemd(): boolean {
  return existsSync(PROGRAM);
}

/** The distribution's systemd, as the first process of process, mount and IPC namespaces of its own. */
export interface Systemd extends AsyncDisposable {
  /** Runs `systemctl`; returns what it printed. @throws Error with what it complained of */
  systemctl(...parameters: readonly string[]): Promise<string>;
  /** What systemd itself has said so far. */
  log(): string;
}

/**
 * Starts systemd in the virtual machine, with nothing but what is started through it: no other service of the distribution
 * runs. Its units can be in /etc/systemd/system, where writing is possible and lost.
 *
 * @throws Error where it does not get ready
 */
export async function startSystemd(): Promise<Systemd> {
  if (!existsSync(`${CGROUPS}/cgroup.controllers`))
    await execute("mount", ["-t", "cgroup2", "cgroup2", CGROUPS]);
  await rm(SOCKET, { force: true });
  await writeFile(`/etc/systemd/system/${TARGET}`, "[Unit]\nDefaultDependencies=no\n");
  // The root of the machine is a chroot for what began it, and systemd would leave it alone.
  const environment = ["SYSTEMD_IGNORE_CHROOT=1", "container=lab", `PATH=${completePath()}`];
  const options = ["--system", `--unit=${TARGET}`, "--log-target=console", "--show-status=no"];
  const unshare = spawn(
    "unshare",
    [
      ...["--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"],
      ...["/usr/bin/env", "-i", ...environment, PROGRAM, ...options],
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PATH: completePath() } },
  );
  let log = "";
  for (const stream of [unshare.stdout, unshare.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  try {
    await waitFor(
      `start systemd: ${log}`,
      async () => (existsSync(SOCKET) ? true : undefined),
      START_LIMIT_MS,
    );
    const process = await childOf(unshare);
    return {
      async systemctl(...parameters) {
        // In its namespaces: it answers nobody whom it cannot see.
        const inside = ["--target", process, "--mount", "--pid", "--ipc", "--root", "--wd=/"];
        const command = ["/usr/bin/env", "-i", ...environment, "systemctl", "--no-pager", ...parameters];
        const { stdout } = await execute("nsenter", [...inside, ...command], {
          env: { PATH: completePath() },
        });
        return stdout;
      },
      log: () => log,
      [Symbol.asyncDispose]: () => end(unshare),
    };
  } catch (error) {
    await end(unshare);
    throw error;
  }
}

async function end(unshare: ChildProcess): Promise<void> {
  if (unshare.exitCode !== null || unshare.signalCode !== null) return;
  const ended = once(unshare, "exit");
  unshare.kill("SIGKILL");
  await ended;
}

/** The process in the namespaces that `unshare` waits for. */
async function childOf({ pid }: ChildProcess): Promise<string> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    // man 5 proc: the program's name in parentheses, the state, the parent.
    if (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] === String(pid)) return name;
  }
  throw new Error("systemd has ended.");
}
