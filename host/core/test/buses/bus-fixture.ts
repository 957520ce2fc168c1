/** What the tests of all buses take of each: a file of the bus's own, by its key. */

/** The functions of an interface, or of a resource, as a component calls them. */
export type Functions = Record<string, (...parameters: unknown[]) => unknown>;

/** One bus, with something on it. */
export interface BusFixture {
  /** Its parts of two entries of one board. */
  readonly parts: readonly [object, object];
  /** A backend that has what both parts mean. */
  backend(): object;
  /**
   * The resources that a component can get of it, by their classes.
   *
   * @param interfaceOf the implementation of an interface, by its path
   * @param device the name of an entry that is wired to it
   */
  resources(
    interfaceOf: (path: string) => Functions,
    device: string,
  ): Promise<Readonly<Record<string, object>>>;
  /** Interfaces whose functions do nothing but wait. */
  readonly sleeping?: readonly string[];
  /** The functions that only hand a resource on, with its class. */
  readonly handing?: Readonly<Record<string, string>>;
  /** Methods of its resources that are the host's own: no component can call them. */
  readonly hostOnly?: readonly string[];
}
