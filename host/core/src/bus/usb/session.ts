import { BackendError } from "../../error.ts";
import { audit, type CommonContext, overRate } from "../../instance/context.ts";
import type { UsbDevice, UsbHandle } from "./backend.ts";
import { ClaimingHandle } from "./claims.ts";
import { UsbError } from "./error.ts";
import { factsOf, fidoInterfaces, hidInterfaces, type ReadReport } from "./facts.ts";
import type { UsbGrant } from "./grant.ts";
import { grantedInterfaces, judgeUsb, type UsbCall, type UsbFacts } from "./judge.ts";
import type { UsbCounts } from "./use.ts";

/** GET_DESCRIPTOR of a HID report descriptor: HID 1.11 section 7.1.1. */
const getReportDescriptor = { bmRequestType: 0x81, bRequest: 6, wValue: 0x22 << 8, wLength: 4096 } as const;

/** More handles than any driver needs; each costs the system a file. */
const maximumHandles = 16;

/** What a session works with. */
export interface UsbContext extends CommonContext {
  readonly grant: UsbGrant;
  readonly counts: UsbCounts;
}

/**
 * The USB device of one life of a driver: judges what the driver asks for, counts what it has, and gives everything back
 * at its end.
 */
export class UsbSession {
  readonly context: UsbContext;
  readonly device: UsbDevice;
  /** The HID interfaces that are a security key's; of another configuration, or while it is undefined, all may be. */
  #keys: KnownKeys | undefined;
  readonly #handles = new Set<ClaimingHandle>();
  /** Opened before the driver started, to find out whether it can be. */
  #spare: UsbHandle | undefined;
  #facts: { readonly configuration: number; readonly value: UsbFacts } | undefined;
  #transfers = 0;
  #zeros = new Uint8Array();
  #ended: Promise<void> | undefined;

  private constructor(context: UsbContext, device: UsbDevice, keys: KnownKeys, spare: UsbHandle) {
    this.context = context;
    this.device = device;
    this.#keys = keys;
    this.#spare = spare;
  }

  /**
   * Gets a device ready for a driver: finds out which of its HID interfaces are security keys, and whether the operating
   * system lets us open it.
   *
   * @throws BackendError, with the line that mends it; UsbError
   */
  static async start(context: UsbContext, device: UsbDevice): Promise<UsbSession> {
    const { grant } = context;
    const keys = await findKeys(grant, device);
    const granted = grantedInterfaces(grant, factsOf(device));
    await device.prepare?.(granted.filter((number) => !keys.interfaces.has(number)));
    return new UsbSession(context, device, keys, device.open());
  }

  /**
   * Does something after which the device's interfaces can be others, security keys among them: until their report
   * descriptors have been read again, every HID interface counts as one.
   *
   * @throws what `change` rejects with
   */
  async changing(change: () => Promise<void>): Promise<void> {
    this.#know(undefined);
    try {
      await change();
    } finally {
      const { grant } = this.context;
      this.#know(await findKeys(grant, this.device, (number) => this.#read(number)).catch(unlessGone));
    }
  }

  /** Whether any of its handles has an interface. */
  get hasClaims(): boolean {
    return [...this.#handles].some((handle) => handle.hasClaims);
  }

  /** Opens the device for the driver. @throws UsbError */
  open(): ClaimingHandle {
    this.check({ kind: "open" }, "opening the device");
    if (this.#ended !== undefined) throw new UsbError("no-device", "the device is gone");
    if (this.#handles.size >= maximumHandles) {
      this.deny("opening the device", "handles", `more than ${maximumHandles} handles at a time`);
    }
    const spare = this.#spare;
    this.#spare = undefined;
    const handle = new ClaimingHandle(spare ?? this.device.open());
    this.#handles.add(handle);
    return handle;
  }

  /** Closes one of its handles. */
  async close(handle: ClaimingHandle): Promise<void> {
    await handle.close();
    this.#handles.delete(handle);
  }

  /**
   * Refuses what is not granted; or, of an entry that is not enforced, tells of it where it stays within the granted interfaces.
   *
   * @param doing for the audit trail: "claiming interface 2"
   * @throws UsbError `access`, after writing a line to the audit trail
   */
  check(call: UsbCall, doing: string): void {
    const { counts, entry, grant } = this.context;
    const facts = this.#currentFacts();
    const verdict = judgeUsb(grant, facts, call, entry.enforce !== false);
    if (!verdict.allowed) this.deny(doing, verdict.denied, verdict.reason);
    if ("wouldBeDenied" in verdict) this.#wouldDeny(doing, verdict.wouldBeDenied, verdict.reason);
    counts.call(facts, call);
  }

  /** Another object than before where a call that was allowed has to be judged anew. */
  get facts(): UsbFacts {
    return this.#currentFacts();
  }

  /** Writes a line to the audit trail. @throws UsbError `access` */
  deny(doing: string, denied: string, reason: string): never {
    audit(this.context, `USB: ${doing}`, denied, reason);
    throw new UsbError("access", reason);
  }

  #wouldDeny(doing: string, denied: string, reason: string): void {
    audit(this.context, `USB: ${doing}`, denied, reason, "would-be-denied");
  }

  /** Whether all interfaces that have this endpoint are claimed through the handle. */
  hasClaimedEndpoint(handle: ClaimingHandle, endpoint: number): boolean {
    const owners = this.#currentFacts().interfaces.filter(({ endpoints }) => endpoints.includes(endpoint));
    return owners.every(({ number }) => handle.hasClaimed(number));
  }

  /** Counts a transfer that comes into being. @throws UsbError `access` when there are too many */
  takeTransfer(): void {
    const taken = this.context.counts.takeTransfer();
    if (taken !== "taken") {
      const reason = `more than ${this.context.grant.maximumTransfers} transfers at a time`;
      if (taken === "refused") this.deny("making a transfer", "transfers", reason);
      this.#wouldDeny("making a transfer", "transfers", reason);
    }
    this.#transfers += 1;
  }

  /** Counts a transfer that is gone. */
  returnTransfer(): void {
    // A guest that was stopped drops nothing, or drops it late: its end has returned them all.
    if (this.#transfers === 0) return;
    this.#transfers -= 1;
    this.context.counts.returnTransfers(1);
  }

  /** Counts a submit. @throws UsbError `access` when there are too many in a second */
  takeSubmit(doing: string): void {
    const over = overRate(this.context, () => `USB: ${doing}`);
    if (over !== undefined) throw new UsbError("access", over);
  }

  /** Bytes without meaning, of which the caller must not change any. */
  zeros(length: number): Uint8Array {
    if (this.#zeros.length < length) this.#zeros = new Uint8Array(length);
    return this.#zeros.subarray(0, length);
  }

  /** Cancels, releases, gives back and closes everything; never rejects. Ending twice is legal. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    await this.#spare?.close().catch(() => undefined);
    await Promise.all([...this.#handles].map((handle) => handle.close()));
    this.#handles.clear();
    this.context.counts.returnTransfers(this.#transfers);
    this.#transfers = 0;
  }

  /** The facts of the configuration that is chosen now. */
  #currentFacts(): UsbFacts {
    const configuration = this.device.activeConfiguration();
    if (this.#facts?.configuration !== configuration) {
      const isKnown = this.#keys?.configuration === configuration;
      const fido = isKnown ? this.#keys!.interfaces : this.#unknown();
      this.#facts = { configuration, value: factsOf(this.device, fido) };
    }
    return this.#facts.value;
  }

  #know(keys: KnownKeys | undefined): void {
    this.#keys = keys;
    this.#facts = undefined;
  }

  #unknown(): ReadonlySet<number> {
    const keysAllowed = this.context.grant.allow.includes("security-keys");
    return keysAllowed ? new Set() : hidInterfaces(factsOf(this.device));
  }

  /** A report descriptor, through the handle that has the interface, because nobody else can then. */
  async #read(interfaceNumber: number): Promise<Uint8Array | undefined> {
    const owner = [...this.#handles].find((handle) => handle.hasClaimed(interfaceNumber));
    if (owner === undefined) return this.device.reportDescriptor(interfaceNumber);
    const setup = { ...getReportDescriptor, wIndex: interfaceNumber };
    const request = { type: "control", endpoint: 0, setup, data: new Uint8Array() } as const;
    const { done } = owner.submit({ ...request, length: setup.wLength, timeoutMs: 1000 });
    return (await done).data;
  }
}

/** The security keys of one configuration. */
interface KnownKeys {
  readonly configuration: number;
  readonly interfaces: ReadonlySet<number>;
}

/** The security keys among the interfaces that a driver can reach: with requests to the whole device, all of them. */
async function findKeys(grant: UsbGrant, device: UsbDevice, read?: ReadReport): Promise<KnownKeys> {
  const configuration = device.activeConfiguration();
  if (grant.allow.includes("security-keys")) return { configuration, interfaces: new Set() };
  const facts = factsOf(device);
  const reached = grant.allow.includes("device-requests")
    ? facts.interfaces.map(({ number }) => number)
    : grantedInterfaces(grant, facts);
  return { configuration, interfaces: await fidoInterfaces(device, facts, reached, read) };
}

/** Of a device that is gone, or that the system does not let us look at, nothing is known. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof UsbError || error instanceof BackendError)) throw error;
}
