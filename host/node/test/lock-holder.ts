/** Another process: takes a lock, says so, and keeps it until it is ended. `node lock-holder.ts FOLDER NAME USE [DETACHED]` */

import { DeviceLocks } from "../src/locks/device-locks.ts";
import { thisLockSystem } from "../src/locks/system.ts";

const [folder, name, use, detached] = process.argv.slice(2) as [string, string, string, string?];
const locks = new DeviceLocks({ ...thisLockSystem()!, folders: [folder] });
const lock = locks.take(name, JSON.parse(use));
if (detached !== undefined) lock.note(JSON.parse(detached));
process.stdin.on("end", () => {
  lock.note(undefined);
  lock.release();
});
process.stdin.resume();
process.stdout.write("ready\n");
