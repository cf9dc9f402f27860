import { record } from './record.js';

/**
 * SQLSTATE classes and codes that mean "not now": no connection or none allowed, shutdown, out of resources,
 * read-only, or contention.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const OUTAGE_CLASSES = new Set(['08', '28', '53', '57', '58']);
const OUTAGE_STATES = new Set(['25006', '25P03', '3D000', '40001', '40P01', '55000', '55P03']);
const OUTAGE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EAI_AGAIN',
  'ENOTFOUND',
]);
const OUTAGE_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|client has encountered a connection error|not queryable/i;

/** Without it no claim can be settled (F52): what names it has to wait until the operator has put it back. */
const SAFETY_CONSTRAINT = 'ex_slot_claims_no_overlap';

/** Whether `error` came from the database driver and says that the database cannot serve now. */
export function databaseOutage(error: unknown): boolean {
  const { code, message, driverError, syscall } = record(error);
  if (driverError !== undefined) return databaseOutage(driverError);
  if (typeof code === 'string' && isOutageState(code)) return true;
  // Any other object that is undefined is a bug. The message is all that names it, in whatever language.
  if (code === '42704') return typeof message === 'string' && message.includes(SAFETY_CONSTRAINT);
  if (typeof code === 'string' && OUTAGE_CODES.has(code)) return syscall !== undefined;
  return typeof message === 'string' && OUTAGE_MESSAGES.test(message);
}

function isOutageState(code: string): boolean {
  return code.length === 5 && (OUTAGE_STATES.has(code) || OUTAGE_CLASSES.has(code.slice(0, 2)));
}

const CONTENTION_STATES: ReadonlySet<unknown> = new Set(['40001', '40P01', '55P03', '57014']);

/** Whether the statement was rolled back because others were in its way; the same may succeed at once. */
export function contention(error: unknown): boolean {
  const { driverError = error } = record(error);
  return CONTENTION_STATES.has(record(driverError)['code']);
}

/** Name of the violated constraint, or null when `error` is not a constraint violation (SQLSTATE class 23). */
export function violatedConstraint(error: unknown): string | null {
  const { driverError = error } = record(error);
  const { code, constraint } = record(driverError);
  return typeof code === 'string' && code.startsWith('23') && typeof constraint === 'string'
    ? constraint
    : null;
}
