/** A quarter of an hour of the day, counted from nine o'clock. */
export type Quarter = number;

/** What an appointment or an event lasts, and what an appointment takes with its buffer, in quarters. */
export const LENGTH = 2;
export const NEEDED = 3;
/** So many appointments and holds the day takes. */
export const PLACES = 4;

/** How Google is: `deaf` refuses to write, `mute` writes and loses the answer, `away` refuses everything. */
export type Mood = 'well' | 'deaf' | 'mute' | 'away';

export type Verdict = 'granted' | 'taken' | 'full' | 'unread';

export interface Appointment {
  readonly id: string;
  readonly status: 'pending' | 'confirmed' | 'cancelling' | 'cancelled';
  readonly at: Quarter;
  readonly movedFrom: Quarter | null;
  /** Where its event stands; null: there is none. */
  readonly event: Quarter | null;
  /** Where its time begins. A person's hand can put an event where somebody else has the time. */
  readonly claims: readonly Quarter[];
  readonly inConflict: boolean;
}

export interface KeptTime {
  readonly id: string;
  readonly at: Quarter;
  /** Until it runs out. */
  readonly counts: boolean;
  /** Until it is spent or released. */
  readonly exists: boolean;
}

/** Who asks has some of the time itself: `from` is where its event was. */
export interface Asker {
  readonly id: string;
  readonly from: Quarter | null;
}

/** What booking is to come to, as simply as it can be said: nothing runs at once, nothing dies, nothing is lost. */
export class BookingModel {
  mood: Mood = 'well';
  appointments: readonly Appointment[] = [];
  holds: readonly KeptTime[] = [];
  /** Events of other people, by id. */
  foreign: ReadonlyMap<string, Quarter> = new Map();

  verdict(at: Quarter, asker: Asker | null): Verdict {
    if (this.#places(asker) >= PLACES) return 'full';
    if (this.mood === 'away') return 'unread';
    return this.#isTaken(at, asker) ? 'taken' : 'granted';
  }

  booked(id: string, at: Quarter): void {
    const made = { id, at, claims: [at], movedFrom: null, inConflict: false };
    const status = this.mood === 'well' ? 'confirmed' : 'pending';
    this.appointments = [...this.appointments, { ...made, status, event: this.#writes() ? at : null }];
  }

  moved(one: Appointment, to: Quarter): void {
    const [event, inConflict] = [this.#writes() && one.event !== null ? to : one.event, false];
    if (this.mood === 'well') this.#set({ ...one, at: to, event: to, claims: [to], inConflict });
    else {
      const open = { status: 'pending', movedFrom: one.at, claims: [...one.claims, to] } as const;
      this.#set({ ...one, at: to, event, inConflict, ...open });
    }
  }

  cancelled(one: Appointment): void {
    if (this.mood === 'well') this.#set(ended(one));
    else {
      const event = this.#writes() ? null : one.event;
      this.#set({ ...one, status: 'cancelling', movedFrom: null, event });
    }
  }

  held(id: string, at: Quarter): void {
    this.holds = [...this.holds, { id, at, counts: true, exists: true }];
  }

  ranOut({ id }: KeptTime): void {
    this.holds = this.holds.map((one) => (one.id === id ? { ...one, counts: false } : one));
  }

  gone({ id }: KeptTime): void {
    this.holds = this.holds.map((one) => (one.id === id ? { ...one, counts: false, exists: false } : one));
  }

  /** Google is well, and what was left open is finished. */
  settled(): void {
    this.mood = 'well';
    this.appointments = this.appointments.map((one) => {
      if (one.status === 'cancelling') return ended(one);
      if (one.status !== 'pending') return one;
      return { ...one, status: 'confirmed', movedFrom: null, event: one.at, claims: [one.at] };
    });
  }

  /** A person moved the event, or deleted it. */
  touched(one: Appointment, event: Quarter | null): void {
    this.#set({ ...one, event });
  }

  /** Appointments followed what was done to their events. */
  compared(): void {
    for (const one of this.appointments.filter(({ status }) => status === 'confirmed')) this.#follow(one);
    this.appointments = this.appointments.map((one) =>
      one.status === 'confirmed' ? { ...one, inConflict: this.#meetsAnother(one) } : one,
    );
  }

  /** Where events stand, the earliest first. */
  events(): Quarter[] {
    const own = this.appointments.flatMap(({ event }) => event ?? []);
    return [...own, ...this.foreign.values()].toSorted((a, b) => a - b);
  }

  #follow(one: Appointment): void {
    if (one.event === null) return this.#set(ended(one));
    if (one.event === one.at) return;
    const isFree = !this.#othersClaims(one.id).some((claim) => meets(claim, one.event ?? 0, NEEDED));
    this.#set({ ...one, at: one.event, claims: isFree ? [one.event] : [] });
  }

  #meetsAnother({ event }: Appointment): boolean {
    return event !== null && this.events().filter((other) => meets(other, event, LENGTH)).length > 1;
  }

  #isTaken(at: Quarter, asker: Asker | null): boolean {
    const own = asker?.from ?? null;
    const busy = this.events()
      .flatMap((start) => [start, start + 1])
      .filter((quarter) => own === null || quarter < own || quarter >= own + LENGTH);
    if (busy.some((quarter) => at <= quarter && quarter < at + NEEDED)) return true;
    return this.#othersClaims(asker?.id ?? null).some((claim) => meets(claim, at, NEEDED));
  }

  #othersClaims(id: string | null): Quarter[] {
    return [
      ...this.appointments.flatMap((one) => (one.id === id ? [] : one.claims)),
      ...this.holds.filter((hold) => hold.counts && hold.id !== id).map(({ at }) => at),
    ];
  }

  #places(asker: Asker | null): number {
    const live = [
      ...this.appointments.filter(({ status }) => status !== 'cancelled'),
      ...this.holds.filter(({ counts }) => counts),
    ];
    return live.filter(({ id }) => id !== asker?.id).length;
  }

  #writes(): boolean {
    return this.mood === 'well' || this.mood === 'mute';
  }

  #set(changed: Appointment): void {
    this.appointments = this.appointments.map((one) => (one.id === changed.id ? changed : one));
  }
}

function ended(one: Appointment): Appointment {
  return { ...one, status: 'cancelled', movedFrom: null, event: null, claims: [], inConflict: false };
}

function meets(one: Quarter, other: Quarter, length: number): boolean {
  return Math.abs(one - other) < length;
}
