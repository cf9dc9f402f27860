// Preloaded into a process of the service (--import), this makes its wall clock wrong by as many milliseconds as the
// file CLOCK_OFFSET_FILE says at that moment. Timers and the monotonic clock go on as they are.
import { readFileSync } from 'node:fs';

const rightNow = Date.now;
const wrongNow = () => rightNow() + Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8'));

Date.now = wrongNow;
globalThis.Date = new Proxy(Date, {
  construct: (date, args) => new date(...(args.length === 0 ? [wrongNow()] : args)),
  apply: (date) => new date(wrongNow()).toString(),
});
