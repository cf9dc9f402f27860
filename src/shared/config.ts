import { plainToInstance } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  validateSync,
} from 'class-validator';
import { parseEncryptionKeys, type EncryptionKeys } from './cipher.js';
import { cronProblem } from './cron-expression.js';
import { Secret } from './secret.js';

const URL_OPTIONS = { require_tld: false, protocols: ['http', 'https'], require_protocol: true };
const MAILBOX = /^(?:[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/;
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** The environment as the process gets it: one property per variable, so that an error names the variable. */
export class Environment {
  @IsInt() @Min(1) @Max(65535) PORT = 3000;
  @IsString() HOST = '127.0.0.1';
  @IsOptional() @IsUrl(URL_OPTIONS) PUBLIC_URL?: string;
  @IsString() ALLOWED_RETURN_URLS = '';
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'expected a postgres:// address' })
  DATABASE_URL?: string;
  @IsString() DATA_DIR = '.data';
  @IsOptional()
  @Matches(/^[\x21-\x7e]{16,}$/, { message: 'expected at least 16 printable characters' })
  ADMIN_API_KEY?: string;
  @IsOptional() @IsString() ENCRYPTION_KEYS?: string;
  @IsOptional() @IsString() GOOGLE_CLIENT_ID?: string;
  @IsOptional() @IsString() GOOGLE_CLIENT_SECRET?: string;
  @IsOptional() @IsUrl(URL_OPTIONS) GOOGLE_API_ROOT_URL?: string;
  @IsOptional() @IsUrl(URL_OPTIONS) GOOGLE_AUTH_URL?: string;
  @IsOptional() @IsUrl(URL_OPTIONS) GOOGLE_TOKEN_URL?: string;
  @IsOptional() @IsUrl(URL_OPTIONS) GOOGLE_REVOKE_URL?: string;
  @IsInt() @Min(100) @Max(60_000) PROVIDER_TIMEOUT_MS = 3000;
  @IsInt() @Min(100) @Max(60_000) PROVIDER_DEADLINE_MS = 5000;
  @IsInt() @Min(100) @Max(120_000) BOOKING_DEADLINE_MS = 12_000;
  @IsInt() @Min(0) @Max(3000) TOKEN_REFRESH_MARGIN_SECONDS = 300;
  @IsBoolean({ message: 'expected true or false' }) SCHEDULER_ENABLED = true;
  @IsString() HEALTH_CHECK_CRON = '0 6 * * *';
  @IsString() TOKEN_REFRESH_CRON = '*/5 * * * *';
  @IsString() PREVENTIVE_REFRESH_CRON = '0 4 * * 0';
  @IsString() TOKEN_CLEANUP_CRON = '0 5 1 * *';
  @IsString() CLEANUP_CRON = '30 3 * * *';
  @IsString() RECONCILE_CRON = '*/5 * * * * *';
  @IsOptional() @IsString() EXPORT_DIR?: string;
  @IsInt() @Min(30) @Max(36_500) AUDIT_RETENTION_DAYS = 730;
  @IsBoolean({ message: 'expected true or false' }) METRICS_PUBLIC = false;
  @IsInt() @Min(1) @Max(10_000_000) RATE_LIMIT_PER_MINUTE = 60_000;
  @IsBoolean({ message: 'expected true or false' }) WEBHOOK_ALLOW_PRIVATE_TARGETS = false;
  @IsOptional()
  @Matches(/^smtps?:\/\/[^/?#]/, { message: 'expected an smtp:// or smtps:// address' })
  SMTP_URL?: string;
  @IsOptional()
  @Matches(MAILBOX, { message: 'expected an e-mail address, or Name <address>' })
  MAIL_FROM?: string;
  @IsOptional() @IsEmail({}, { message: 'expected an e-mail address' }) OPERATOR_EMAIL?: string;
  @IsIn(LOG_LEVELS) LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';
  // A misspelt "production" must not start with development's defaults.
  @IsIn(['development', 'test', 'production']) NODE_ENV = 'development';
}

/** Where Google is: its own addresses, or those of whatever stands in for it. No trailing slash. */
export interface GoogleSettings {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly apiRootUrl: string;
  readonly authUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
}

type Cron = 'healthCheck' | 'tokenRefresh' | 'preventiveRefresh' | 'tokenCleanup' | 'cleanup' | 'reconcile';
/** How e-mails are sent. */
export interface MailSettings {
  /** Of the mail server; it may hold a password. */
  readonly smtpUrl: Secret;
  /** An address, or a name with an address in angle brackets. */
  readonly from: string;
  /** Who is told of what only the operator can mend; null: nobody is. */
  readonly operatorEmail: string | null;
}

/** The settings of a running service. Outside production the entry points fill in what is not configured. */
export abstract class Config {
  abstract readonly port: number;
  abstract readonly host: string;
  abstract readonly publicUrl: string;
  abstract readonly allowedReturnUrls: readonly string[];
  abstract readonly databaseUrl: Secret;
  abstract readonly adminApiKey: Secret;
  abstract readonly encryptionKeys: EncryptionKeys;
  abstract readonly google: GoogleSettings;
  abstract readonly providerTimeoutMs: number;
  abstract readonly providerDeadlineMs: number;
  abstract readonly bookingDeadlineMs: number;
  abstract readonly tokenRefreshMarginMs: number;
  abstract readonly schedulerEnabled: boolean;
  abstract readonly crons: {
    readonly [job in Cron]: string;
  };
  /** Where the daily check leaves its issues; null: nowhere. */
  abstract readonly exportDir: string | null;
  abstract readonly auditRetentionMs: number;
  /** Whether what is measured is shown without a key. */
  abstract readonly metricsPublic: boolean;
  /** Per key, on each instance. */
  abstract readonly rateLimitPerMinute: number;
  /** For development and tests: webhooks may go anywhere, and over http. */
  abstract readonly webhookAllowPrivateTargets: boolean;
  /** Null: no e-mail is sent, and none is planned. */
  abstract readonly mail: MailSettings | null;
  abstract readonly logLevel: string;
}

/** A start that was refused: `message` names every bad variable, and no value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const SECRETS_OF_PRODUCTION = [
  'DATABASE_URL',
  'ADMIN_API_KEY',
  'ENCRYPTION_KEYS',
  'GOOGLE_CLIENT_ID',
  'GOOGLE_CLIENT_SECRET',
] as const;

const NUMBERS = [
  'PORT',
  'PROVIDER_TIMEOUT_MS',
  'PROVIDER_DEADLINE_MS',
  'BOOKING_DEADLINE_MS',
  'TOKEN_REFRESH_MARGIN_SECONDS',
  'AUDIT_RETENTION_DAYS',
  'RATE_LIMIT_PER_MINUTE',
] as const;

const SWITCHES = ['SCHEDULER_ENABLED', 'METRICS_PUBLIC', 'WEBHOOK_ALLOW_PRIVATE_TARGETS'] as const;

const CRONS = [
  'HEALTH_CHECK_CRON',
  'TOKEN_REFRESH_CRON',
  'PREVENTIVE_REFRESH_CRON',
  'TOKEN_CLEANUP_CRON',
  'CLEANUP_CRON',
  'RECONCILE_CRON',
] as const;

/**
 * Reads and checks the environment; an empty variable counts as unset.
 *
 * @throws ConfigError naming every variable that is missing in production or malformed
 */
export function loadEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(new Environment()).concat(optionalVariables)) {
    const text = env[name]?.trim();
    if (text) given[name] = typed(name, text);
  }
  const environment = plainToInstance(Environment, given);
  const problems = validateSync(environment).map(
    (e) => `${e.property}: ${Object.values(e.constraints ?? {}).join(', ')}`,
  );
  problems.push(...crossProblems(environment));
  if (problems.length > 0) throw new ConfigError(problems);
  return environment;
}

const optionalVariables = [
  'PUBLIC_URL',
  'DATABASE_URL',
  'ADMIN_API_KEY',
  'ENCRYPTION_KEYS',
  'GOOGLE_CLIENT_ID',
  'GOOGLE_CLIENT_SECRET',
  'GOOGLE_API_ROOT_URL',
  'GOOGLE_AUTH_URL',
  'GOOGLE_TOKEN_URL',
  'GOOGLE_REVOKE_URL',
  'EXPORT_DIR',
  'SMTP_URL',
  'MAIL_FROM',
  'OPERATOR_EMAIL',
];

function typed(name: string, text: string): unknown {
  if ((NUMBERS as readonly string[]).includes(name)) return /^\d+$/.test(text) ? Number(text) : text;
  if ((SWITCHES as readonly string[]).includes(name)) return { true: true, false: false }[text] ?? text;
  return text;
}

function crossProblems(env: Environment): string[] {
  const problems: string[] = [];
  if (env.NODE_ENV === 'production')
    for (const name of SECRETS_OF_PRODUCTION)
      if (!env[name]) problems.push(`${name}: must be set in production`);
  if (Boolean(env.GOOGLE_CLIENT_ID) !== Boolean(env.GOOGLE_CLIENT_SECRET))
    problems.push('GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET: set both or none');
  problems.push(...mailProblems(env));
  if (env.ENCRYPTION_KEYS) problems.push(...encryptionKeyProblems(env.ENCRYPTION_KEYS));
  problems.push(...returnUrlProblems(env.ALLOWED_RETURN_URLS));
  for (const name of CRONS) {
    const problem = cronProblem(env[name]);
    if (problem) problems.push(`${name}: ${problem}`);
  }
  return problems;
}

/** An entry that is no address would only show when no flow can return to it. */
function returnUrlProblems(text: string): string[] {
  const isAddress = (url: string): boolean => /^https?:\/\//.test(url) && URL.canParse(url);
  return listOf(text).every(isAddress)
    ? []
    : ['ALLOWED_RETURN_URLS: expected http(s) addresses, separated by commas'];
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function encryptionKeyProblems(text: string): string[] {
  try {
    parseEncryptionKeys(text);
    return [];
  } catch (error) {
    return [`ENCRYPTION_KEYS: ${error instanceof Error ? error.message : 'malformed'}`];
  }
}

const DAY_MS = 86_400_000;
function mailProblems({ SMTP_URL: url, MAIL_FROM: from, OPERATOR_EMAIL: operator }: Environment): string[] {
  if (url !== undefined) return from === undefined ? ['MAIL_FROM: must be set with SMTP_URL'] : [];
  return operator === undefined ? [] : ['OPERATOR_EMAIL: needs SMTP_URL'];
}

function mailSettings({
  SMTP_URL: url,
  MAIL_FROM: from,
  OPERATOR_EMAIL: operator,
}: Environment): MailSettings | null {
  if (url === undefined || from === undefined) return null;
  return { smtpUrl: new Secret(url), from, operatorEmail: operator ?? null };
}

/** What an entry point has to supply when the environment does not. */
export interface LocalSettings {
  readonly databaseUrl: Secret;
  readonly adminApiKey: Secret;
  readonly encryptionKeys: EncryptionKeys;
  readonly google: GoogleSettings;
}

export function configOf(env: Environment, local: LocalSettings): Config {
  return {
    ...local,
    port: env.PORT,
    host: env.HOST,
    publicUrl: (env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`).replace(/\/+$/, ''),
    allowedReturnUrls: listOf(env.ALLOWED_RETURN_URLS),
    providerTimeoutMs: env.PROVIDER_TIMEOUT_MS,
    providerDeadlineMs: env.PROVIDER_DEADLINE_MS,
    bookingDeadlineMs: env.BOOKING_DEADLINE_MS,
    tokenRefreshMarginMs: env.TOKEN_REFRESH_MARGIN_SECONDS * 1000,
    schedulerEnabled: env.SCHEDULER_ENABLED,
    crons: {
      healthCheck: env.HEALTH_CHECK_CRON,
      tokenRefresh: env.TOKEN_REFRESH_CRON,
      preventiveRefresh: env.PREVENTIVE_REFRESH_CRON,
      tokenCleanup: env.TOKEN_CLEANUP_CRON,
      cleanup: env.CLEANUP_CRON,
      reconcile: env.RECONCILE_CRON,
    },
    exportDir: env.EXPORT_DIR ?? null,
    auditRetentionMs: env.AUDIT_RETENTION_DAYS * DAY_MS,
    metricsPublic: env.METRICS_PUBLIC,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    webhookAllowPrivateTargets: env.WEBHOOK_ALLOW_PRIVATE_TARGETS,
    mail: mailSettings(env),
    logLevel: env.LOG_LEVEL,
  };
}
