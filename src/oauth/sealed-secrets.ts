/** A stored ciphertext, and where. */
export interface SealedSecret {
  /** Table, row and column, as one text: what the ciphertext is bound to. No two have the same. */
  readonly place: string;
  readonly text: string;
}

/** Every ciphertext in the database, whatever it protects. */
export abstract class SealedSecrets {
  /** How many name which key id; under null, those that name none. What has expired does not count. */
  abstract countByKeyId(): Promise<ReadonlyMap<string | null, number>>;
  /** Any `limit` of those that name `keyId`. */
  abstract sample(keyId: string, limit: number): Promise<SealedSecret[]>;
  /** The next `limit` or fewer that do not name `keyId`, in an order that no change disturbs. Empty at the end. */
  abstract notUnder(keyId: string, after: SealedSecret | null, limit: number): Promise<SealedSecret[]>;
  /** Compare-and-set. False, without a change, when another text is stored by now. */
  abstract replace(secret: SealedSecret, text: string): Promise<boolean>;
  /** Erases all that name `keyId`, and tells how many: their owners will be asked to connect again. */
  abstract forget(keyId: string): Promise<number>;
}
