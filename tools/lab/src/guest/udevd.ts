import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { waitFor } from "./wait.ts";

/** There as soon as udevd takes orders. */
const CONTROL_SOCKET = "/run/udev/control";

/** Starts udevd, without which libusb does not learn of devices that arrive. Ends with what is returned. */
export async function startUdevd(): Promise<AsyncDisposable> {
  rmSync(CONTROL_SOCKET, { force: true });
  const udevd = spawn("/lib/systemd/systemd-udevd", { stdio: "ignore" });
  const ended = once(udevd, "exit");
  await waitFor("start udevd", () => existsSync(CONTROL_SOCKET) || undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      udevd.kill();
      await ended;
    },
  };
}
