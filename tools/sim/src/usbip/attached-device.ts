import {
  DESCRIPTOR_BINARY_OBJECT_STORE,
  DESCRIPTOR_CONFIGURATION,
  DESCRIPTOR_DEVICE,
  DESCRIPTOR_STRING,
  type IsochronousPacket,
  isUsbTransferError,
  stall,
  type UsbDevice,
  type UsbSetup,
  UsbTransferError,
} from "@busbar/model";
import {
  type ConfigurationSummary,
  encodeLanguages,
  encodeString,
  type InterfaceSummary,
  summarizeConfiguration,
} from "./descriptors.ts";

/** bRequest of the standard requests: USB 2.0, table 9-4. */
const GET_STATUS = 0;
const CLEAR_FEATURE = 1;
const SET_FEATURE = 3;
const SET_ADDRESS = 5;
const GET_DESCRIPTOR = 6;
const GET_CONFIGURATION = 8;
const SET_CONFIGURATION = 9;
const GET_INTERFACE = 10;
const SET_INTERFACE = 11;

/** Feature selectors: table 9-6. */
const ENDPOINT_HALT = 0;
const DEVICE_REMOTE_WAKEUP = 1;

/** bmRequestType: table 9-2. */
const DIRECTION_IN = 0x80;
const TYPE_MASK = 0x60;
const RECIPIENT_MASK = 0x1f;
const RECIPIENT_DEVICE = 0;
const RECIPIENT_INTERFACE = 1;
const RECIPIENT_ENDPOINT = 2;

/** bmAttributes of a configuration. */
const SELF_POWERED = 0x40;

const NOTHING = new Uint8Array();

/**
 * A simulated device as the host that it is plugged into sees it: which configuration and alternate settings are
 * chosen, which endpoints are halted. Answers the standard requests for every model alike: USB 2.0, section 9.4.
 */
export class AttachedDevice {
  readonly #device: UsbDevice;
  readonly #configurations: readonly (ConfigurationSummary | undefined)[];
  #configuration: ConfigurationSummary | undefined;
  readonly #alternateSettings = new Map<number, number>();
  readonly #halted = new Set<number>();
  #remoteWakeup = false;

  constructor(device: UsbDevice) {
    this.#device = device;
    this.#configurations = device.descriptors.configurations.map(summarizeConfiguration);
  }

  /** bConfigurationValue of the chosen configuration, 0 for none. */
  get configuration(): number {
    return this.#configuration?.bConfigurationValue ?? 0;
  }

  /**
   * Runs a control transfer.
   *
   * @param data the data stage of an OUT request
   * @returns the data stage of an IN request, at most `wLength` bytes; empty for an OUT request
   * @throws UsbTransferError
   */
  async control(setup: UsbSetup, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const standard = (setup.bmRequestType & TYPE_MASK) === 0 ? this.#standardRequest(setup) : undefined;
    const reply = standard ?? (await this.#device.control(setup, data, signal));
    return (setup.bmRequestType & DIRECTION_IN) === 0 ? NOTHING : reply.subarray(0, setup.wLength);
  }

  /**
   * Reads from a bulk or interrupt endpoint. A stall halts the endpoint until the host clears it.
   *
   * @param endpoint the address, direction bit included
   * @returns at most `length` bytes
   * @throws UsbTransferError
   */
  async transferIn(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    return await this.#transfer(endpoint, async () => {
      const data = await this.#device.transferIn?.(endpoint, length, signal);
      if (data === undefined) throw stall("The device has no IN endpoints.");
      if (data.length > length) {
        throw new UsbTransferError("overflow", `The device sent ${data.length} bytes where ${length} fit.`);
      }
      return data;
    });
  }

  /**
   * Writes to a bulk or interrupt endpoint. A stall halts the endpoint until the host clears it.
   *
   * @returns how many bytes the device took
   * @throws UsbTransferError
   */
  async transferOut(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<number> {
    return await this.#transfer(endpoint, async () => {
      const taken = await this.#device.transferOut?.(endpoint, data, signal);
      if (taken === undefined) throw stall("The device has no OUT endpoints.");
      return Math.min(taken, data.length);
    });
  }

  /**
   * Reads packets from an isochronous endpoint, which has no halt: USB 2.0 section 5.6.5.
   *
   * @returns at most one for each of `lengths`
   * @throws UsbTransferError
   */
  async isochronousIn(
    endpoint: number,
    lengths: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly IsochronousPacket[]> {
    return await this.#transfer(endpoint, async () => {
      const packets = await this.#device.isochronousIn?.(endpoint, lengths, signal);
      if (packets === undefined) {
        throw new UsbTransferError("unsupported", "The device has no isochronous endpoints.");
      }
      return packets.slice(0, lengths.length);
    });
  }

  /** Tells the device that its host is gone. */
  detach(): void {
    this.#device.detached?.();
  }

  async #transfer<Result>(endpoint: number, run: () => Promise<Result>): Promise<Result> {
    const known = this.#interfaces().some((entry) => entry.endpoints.includes(endpoint));
    if (!known) {
      throw new UsbTransferError("no-response", `No endpoint 0x${endpoint.toString(16)} in what was chosen.`);
    }
    if (this.#halted.has(endpoint)) throw stall("The endpoint is halted.");
    try {
      return await run();
    } catch (error) {
      if (isUsbTransferError(error) && error.failure === "stall") this.#halted.add(endpoint);
      throw error;
    }
  }

  /** The interfaces of the chosen configuration in their chosen alternate settings. */
  #interfaces(): InterfaceSummary[] {
    return (this.#configuration?.interfaces ?? []).filter(
      (entry) => (this.#alternateSettings.get(entry.bInterfaceNumber) ?? 0) === entry.bAlternateSetting,
    );
  }

  #endpointsOf(interfaceNumber: number): number[] {
    const settings = this.#configuration?.interfaces ?? [];
    return settings
      .filter((entry) => entry.bInterfaceNumber === interfaceNumber)
      .flatMap((entry) => entry.endpoints);
  }

  /** The reply of a standard request; undefined for one that the device itself has to answer. */
  #standardRequest(setup: UsbSetup): Uint8Array | undefined {
    switch (setup.bmRequestType & RECIPIENT_MASK) {
      case RECIPIENT_DEVICE:
        return this.#deviceRequest(setup);
      case RECIPIENT_INTERFACE:
        return this.#interfaceRequest(setup);
      case RECIPIENT_ENDPOINT:
        return this.#endpointRequest(setup);
      default:
        return undefined;
    }
  }

  #deviceRequest({ bRequest, wValue }: UsbSetup): Uint8Array | undefined {
    switch (bRequest) {
      case GET_STATUS: {
        const selfPowered = ((this.#configuration?.bmAttributes ?? 0) & SELF_POWERED) !== 0;
        return Uint8Array.of((selfPowered ? 1 : 0) | (this.#remoteWakeup ? 2 : 0), 0);
      }
      case CLEAR_FEATURE:
      case SET_FEATURE:
        if (wValue !== DEVICE_REMOTE_WAKEUP) throw stall(`There is no device feature ${wValue}.`);
        this.#remoteWakeup = bRequest === SET_FEATURE;
        return NOTHING;
      case SET_ADDRESS:
        return NOTHING;
      case GET_DESCRIPTOR:
        return this.#descriptor(wValue >> 8, wValue & 0xff);
      case GET_CONFIGURATION:
        return Uint8Array.of(this.configuration);
      case SET_CONFIGURATION:
        this.#configure(wValue & 0xff);
        return NOTHING;
      default:
        return undefined;
    }
  }

  #interfaceRequest({ bRequest, wValue, wIndex }: UsbSetup): Uint8Array | undefined {
    const number = wIndex & 0xff;
    switch (bRequest) {
      case GET_STATUS:
        this.#requireInterface(number);
        return Uint8Array.of(0, 0);
      case GET_INTERFACE:
        this.#requireInterface(number);
        return Uint8Array.of(this.#alternateSettings.get(number) ?? 0);
      case SET_INTERFACE: {
        this.#requireInterface(number, wValue);
        this.#alternateSettings.set(number, wValue);
        // Section 9.1.1.5: choosing a setting resets the state of the interface's endpoints.
        for (const endpoint of this.#endpointsOf(number)) this.#halted.delete(endpoint);
        this.#device.interfaceSet?.(number, wValue);
        return NOTHING;
      }
      default:
        return undefined;
    }
  }

  #endpointRequest({ bRequest, wValue, wIndex }: UsbSetup): Uint8Array | undefined {
    const endpoint = wIndex & 0x8f;
    switch (bRequest) {
      case GET_STATUS:
        return Uint8Array.of(this.#halted.has(endpoint) ? 1 : 0, 0);
      case CLEAR_FEATURE:
      case SET_FEATURE:
        if (wValue !== ENDPOINT_HALT) throw stall(`There is no endpoint feature ${wValue}.`);
        if (bRequest === SET_FEATURE) {
          this.#halted.add(endpoint);
        } else {
          this.#halted.delete(endpoint);
          this.#device.haltCleared?.(endpoint);
        }
        return NOTHING;
      default:
        return undefined;
    }
  }

  #descriptor(type: number, index: number): Uint8Array {
    const { device, configurations, strings, binaryObjectStore } = this.#device.descriptors;
    switch (type) {
      case DESCRIPTOR_DEVICE:
        return device;
      case DESCRIPTOR_CONFIGURATION:
        return configurations[index] ?? missing("configuration", index);
      case DESCRIPTOR_STRING: {
        if (index === 0) return encodeLanguages();
        const text = strings[index - 1];
        return text === undefined ? missing("string", index) : encodeString(text);
      }
      case DESCRIPTOR_BINARY_OBJECT_STORE:
        return binaryObjectStore ?? missing("binary object store", index);
      default:
        return missing(`type ${type}`, index);
    }
  }

  #configure(value: number): void {
    const configuration = this.#configurations.find((entry) => entry?.bConfigurationValue === value);
    if (value !== 0 && configuration === undefined) throw stall(`There is no configuration ${value}.`);
    this.#configuration = value === 0 ? undefined : configuration;
    this.#alternateSettings.clear();
    this.#halted.clear();
    this.#device.configured?.(value);
  }

  #requireInterface(number: number, alternateSetting?: number): void {
    const there = this.#configuration?.interfaces.some(
      (entry) =>
        entry.bInterfaceNumber === number &&
        (alternateSetting === undefined || entry.bAlternateSetting === alternateSetting),
    );
    if (!there) throw stall(`There is no interface ${number} with that setting.`);
  }
}

function missing(what: string, index: number): never {
  throw stall(`There is no descriptor of ${what} with index ${index}.`);
}
