import { Comparisons } from '../../src/booking/comparisons.js';

/** Nothing is due in it; keeps what was asked for. */
export class InMemoryComparisons extends Comparisons {
  readonly hastened: string[] = [];

  async takeDue(): Promise<string[]> {
    return [];
  }

  async settle(): Promise<void> {}

  async hasten(calendarId: string): Promise<void> {
    this.hastened.push(calendarId);
  }

  async calendarsAhead(): Promise<string[]> {
    return [];
  }
}
