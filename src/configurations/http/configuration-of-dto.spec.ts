import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../../test/support/a-configuration.js';
import { parseDate } from '../../shared/time.js';
import { DtoValidationPipe } from '../../shared/validation.pipe.js';
import type { Configuration } from '../configuration.js';
import { ConfigurationChangeDto } from './configuration-fields.dto.js';
import { configurationOfDto } from './configuration-of-dto.js';
import { ConfigurationDto } from './configuration.dto.js';

const A = '0b8c9a56-3c1e-4c7f-9d43-5f0c4f6b2a10';
const B = '5d1f0f60-87c7-4a44-8a7c-0d3d6c1d7b9e';

async function changeOf(body: object) {
  const dto = await new DtoValidationPipe().transform(body, {
    type: 'body',
    metatype: ConfigurationChangeDto,
  });
  if (!(dto instanceof ConfigurationChangeDto)) throw new TypeError('The body became something else.');
  return configurationOfDto(dto);
}

const FULL: Configuration = aConfiguration({
  calendarId: A,
  conflictCalendarIds: [B, A],
  timezone: 'America/New_York',
  durationMinutes: 45,
  slotIntervalMinutes: 15,
  prepTimeMinutes: 10,
  bufferAfterMinutes: 20,
  daysBuffer: 1,
  minNoticeMinutes: 90,
  maxDaysAhead: 30,
  fromMinute: 510,
  toMinute: 1440,
  workdays: ['saturday', 'sunday'],
  dateOverrides: [
    { day: parseDate('2027-12-24') ?? 0, hours: { fromMinute: 0, toMinute: 1440 } },
    { day: parseDate('2027-12-25') ?? 0, hours: null },
  ],
  maxBookingsPerDay: 4,
  meetingLink: 'https://meet.example/room',
  meetingAddress: 'Main Street 1',
  onUnverified: 'flag',
  lastKnownMaxAgeMinutes: 60,
});

describe('a configuration over HTTP', () => {
  it('is shown in the terms of the contract', () => {
    expect(ConfigurationDto.of(FULL)).toMatchObject({
      calendar_id: A,
      conflict_calendar_ids: [B, A],
      slot_interval_minutes: 15,
      from_time: '08:30',
      to_time: '24:00',
      date_overrides: [
        { date: '2027-12-24', from_time: '00:00', to_time: '24:00' },
        { date: '2027-12-25', closed: true },
      ],
      created_at: '1970-01-01T00:00:00Z',
    });
  });

  it('shows that the slot interval follows the duration', () => {
    expect(ConfigurationDto.of(aConfiguration({ durationMinutes: 45 })).slot_interval_minutes).toBe(45);
  });

  it('can be sent back as it was shown, without what only the service decides', async () => {
    const { id, workspace_id, created_at, ...shown } = ConfigurationDto.of(FULL);
    const { id: ownId, workspaceId, createdAt, ...draft } = FULL;
    expect([id, workspace_id, created_at]).toEqual([ownId, workspaceId, '1970-01-01T00:00:00Z']);
    expect(createdAt).toBe(0);
    expect(await changeOf(shown)).toEqual(draft);
  });

  it('leaves out of a change what the body leaves out, and keeps null', async () => {
    expect(await changeOf({})).toEqual({});
    const change = await changeOf({ meeting_link: null, max_bookings_per_day: null });
    expect(Object.entries(change)).toEqual([
      ['maxBookingsPerDay', null],
      ['meetingLink', null],
    ]);
  });

  it('knows an id in either letter case, and each conflict calendar once', async () => {
    const body = { calendar_id: A.toUpperCase(), conflict_calendar_ids: [B, B.toUpperCase(), A] };
    expect(await changeOf(body)).toEqual({ calendarId: A, conflictCalendarIds: [B, A] });
  });
});
