import { record } from './record.js';

/** SQLSTATE classes and codes that mean "not now": connection trouble, shutdown, read-only, full, or contention. */
const OUTAGE_STATES = new Set([
  '57P01',
  '57P02',
  '57P03',
  '25006',
  '53100',
  '53200',
  '53300',
  '40001',
  '40P01',
  '55P03',
  '57014',
]);
const OUTAGE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EAI_AGAIN',
  'ENOTFOUND',
]);
const OUTAGE_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable/i;

/** Whether `error` came from the database driver and says that the database cannot serve now. */
export function databaseOutage(error: unknown): boolean {
  const { code, message, driverError, syscall } = record(error);
  if (driverError !== undefined) return databaseOutage(driverError);
  if (typeof code === 'string' && (OUTAGE_STATES.has(code) || code.startsWith('08'))) return true;
  if (typeof code === 'string' && OUTAGE_CODES.has(code)) return syscall !== undefined;
  return typeof message === 'string' && OUTAGE_MESSAGES.test(message);
}

/** Name of the violated constraint, or null when `error` is not a constraint violation (SQLSTATE class 23). */
export function violatedConstraint(error: unknown): string | null {
  const { driverError = error } = record(error);
  const { code, constraint } = record(driverError);
  return typeof code === 'string' && code.startsWith('23') && typeof constraint === 'string'
    ? constraint
    : null;
}
