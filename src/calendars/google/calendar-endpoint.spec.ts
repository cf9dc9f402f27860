import { describe, expect, it } from '@jest/globals';
import { calendarEndpoint } from './calendar-endpoint.js';

describe('calendarEndpoint', () => {
  it.each([
    ['POST', 'https://www.googleapis.com/calendar/v3/freeBusy?fields=x', 'POST freeBusy'],
    [
      'GET',
      'http://127.0.0.1:1/calendar/v3/users/me/calendarList?pageToken=secret',
      'GET users/me/calendarList',
    ],
    [
      'GET',
      'http://127.0.0.1:1/calendar/v3/users/me/calendarList/ada%40example.com',
      'GET users/me/calendarList/{id}',
    ],
    [
      'POST',
      'https://host/proxy/calendar/v3/calendars/ada%40example.com/events',
      'POST calendars/{id}/events',
    ],
    [
      'DELETE',
      'https://host/calendar/v3/calendars/a%2Fb/events/5f0c8c1eg0',
      'DELETE calendars/{id}/events/{id}',
    ],
    ['GET', 'https://host/calendar/v3/calendars/primary', 'GET calendars/{id}'],
  ])('of %s %s is %s', (method, url, expected) => {
    expect(calendarEndpoint(method, url)).toBe(expected);
  });
});
