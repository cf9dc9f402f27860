// Preloaded into a process of the service (--import), this puts its monotonic clock ahead by as many milliseconds as the
// file ELAPSED_OFFSET_FILE says at that moment. Timers and the wall clock go on as they are.
import { readFileSync } from 'node:fs';

const elapsed = performance.now.bind(performance);

performance.now = () => elapsed() + Number(readFileSync(process.env.ELAPSED_OFFSET_FILE, 'utf8'));
