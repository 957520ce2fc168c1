/** What one life of a driver, or one run of an app, has of a bus. */
export interface BusOpened {
  /** Why its device is not there any more, as one sentence without its end; undefined while it is, and where nobody can know. */
  readonly lost?: string | undefined;
  /** Gives everything back; never rejects. Ending twice is legal. */
  end(): void | Promise<void>;
}

/** What was opened of each bus, by the buses' keys: the offers of a bus get what is of that. */
export type OpenedBuses = ReadonlyMap<string, BusOpened>;
