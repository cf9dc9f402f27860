import type { Client } from 'pg';

/** The constraint that makes double bookings impossible, to be taken away and put back as it was. */
export interface SafetyConstraint {
  drop(): Promise<void>;
  /** One of the same name that says something else. */
  replace(definition: string): Promise<void>;
  restore(): Promise<void>;
}

const NAME = 'ex_slot_claims_no_overlap';

export async function safetyConstraint(db: Pick<Client, 'query'>): Promise<SafetyConstraint> {
  const { rows } = await db.query<{ definition: string }>(
    'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1',
    [NAME],
  );
  const [found] = rows;
  if (found === undefined) throw new Error(`There is no constraint ${NAME}`);
  const drop = async (): Promise<void> =>
    void (await db.query(`ALTER TABLE slot_claims DROP CONSTRAINT IF EXISTS ${NAME}`));
  const replace = async (definition: string): Promise<void> => {
    await drop();
    await db.query(`ALTER TABLE slot_claims ADD CONSTRAINT ${NAME} ${definition}`);
  };
  return { drop, replace, restore: () => replace(found.definition) };
}
