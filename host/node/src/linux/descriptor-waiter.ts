import { closeSync, constants, readSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import { ErrnoError } from "./errno.ts";
import type { Koffi } from "./ioctl.ts";

/** sys/epoll.h, sys/poll.h and sys/eventfd.h: the same on every architecture that Node has binaries for. */
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const POLLIN = 1;
const EFD_CLOEXEC = 0o2000000;

/** What waits, while somebody listens, and until its thread is back in the pool. */
interface Wait {
  /** The epoll instance that all descriptors are in. */
  readonly epoll: number;
  /** The eventfd that ends the wait. */
  readonly wake: number;
  /**
   * Of C: two `struct pollfd`. The kernel writes into them when the thread returns, where the memory of an array that only the call
   * knows may have been given to others.
   */
  readonly descriptors: unknown;
  /** Whether it was written to, and not read since. */
  isWoken: boolean;
}

/**
 * Waits for any of several descriptors to become readable, off the event loop: Node can wait by itself for sockets, pipes and files, and the
 * descriptor of a GPIO line or of a tty is none of them. One thread of Node's pool waits for all, as long as there are any.
 *
 * They are in an epoll instance and not waited for themselves: a thread that waits for a descriptor keeps it from being closed, and a
 * line would be taken for that long after it was given back.
 */
export class DescriptorWaiter {
  readonly #epollCreate: (flags: number) => number;
  readonly #epollControl: (epoll: number, operation: number, descriptor: number, event: Uint8Array) => number;
  readonly #eventDescriptor: (initial: number, flags: number) => number;
  readonly #poll: { async(...parameters: unknown[]): void };
  readonly #koffi: Koffi;
  readonly #listeners = new Map<number, () => void>();
  /** Node joins the threads of its pool at its end, however that comes: one that waited on would keep the process for ever. */
  readonly #atExit = () => this.#wait && this.#callBack(this.#wait);
  #wait: Wait | undefined;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    const library = koffi.load(null);
    this.#epollCreate = library.func("int epoll_create1(int flags)");
    this.#epollControl = library.func("int epoll_ctl(int epfd, int op, int fd, uint8_t *event)");
    this.#eventDescriptor = library.func("int eventfd(unsigned int initval, int flags)");
    this.#poll = library.func("int poll(void *fds, unsigned long nfds, int timeout)");
  }

  /** @throws ErrnoError */
  add(descriptor: number, listener: () => void): Disposable {
    // One whose thread is not back yet goes on: a listener that comes and goes again and again would take a thread each time.
    this.#wait ??= this.#begin();
    const wait = this.#wait;
    // struct epoll_event: `events` comes first, and what follows is given back as it is; nobody here looks at it.
    const event = new Uint8Array(16);
    new DataView(event.buffer).setUint32(0, EPOLLIN, endianness() === "LE");
    try {
      this.#called("epoll_ctl", this.#epollControl(wait.epoll, EPOLL_CTL_ADD, descriptor, event));
    } catch (cause) {
      this.#endUnused(wait);
      throw cause;
    }
    this.#listeners.set(descriptor, listener);
    return {
      [Symbol.dispose]: () => {
        if (!this.#listeners.delete(descriptor)) return;
        this.#epollControl(wait.epoll, EPOLL_CTL_DEL, descriptor, event);
        this.#endUnused(wait);
      },
    };
  }

  #begin(): Wait {
    const epoll = this.#called("epoll_create1", this.#epollCreate(EPOLL_CLOEXEC));
    using opened = new DisposableStack();
    opened.defer(() => closeSync(epoll));
    const wake = this.#called("eventfd", this.#eventDescriptor(0, EFD_CLOEXEC | constants.O_NONBLOCK));
    opened.defer(() => closeSync(wake));
    const wait = { epoll, wake, descriptors: this.#descriptorsOf(epoll, wake), isWoken: false };
    opened.defer(() => this.#koffi.free(wait.descriptors));
    this.#waitAgain(wait);
    opened.move();
    process.on("exit", this.#atExit);
    return wait;
  }

  /** Calls the thread back, where nobody listens any more. */
  #endUnused(wait: Wait): void {
    if (this.#listeners.size === 0) this.#callBack(wait);
  }

  #callBack(wait: Wait): void {
    if (wait.isWoken) return;
    wait.isWoken = true;
    writeSync(wait.wake, BigUint64Array.of(1n));
  }

  #waitAgain(wait: Wait): void {
    this.#poll.async(wait.descriptors, 2, -1, () => {
      if (this.#listeners.size === 0) {
        this.#wait = undefined;
        process.off("exit", this.#atExit);
        closeSync(wait.epoll);
        closeSync(wait.wake);
        this.#koffi.free(wait.descriptors);
        return;
      }
      // Somebody listens again.
      if (wait.isWoken) readSync(wait.wake, new Uint8Array(8));
      wait.isWoken = false;
      // Each looks for itself whether there is something: that costs less than to be told.
      for (const listener of [...this.#listeners.values()]) listener();
      this.#waitAgain(wait);
    });
  }

  #descriptorsOf(...waitedFor: readonly number[]): unknown {
    const koffi = this.#koffi;
    const pollfd = koffi.struct({ fd: "int", events: "short", revents: "short" });
    const descriptors = koffi.alloc(pollfd, waitedFor.length);
    for (const [index, fd] of waitedFor.entries()) {
      koffi.encode(descriptors, index * koffi.sizeof(pollfd), pollfd, { fd, events: POLLIN, revents: 0 });
    }
    return descriptors;
  }

  #called(name: string, result: number): number {
    if (result < 0) throw new ErrnoError(name, this.#koffi.errno());
    return result;
  }
}
