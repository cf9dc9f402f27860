import type { Failure } from '../shared/failure.js';

/**
 * Why an account stopped, as far as people can do something with it: the authorization `ended`, `permissions` were left
 * out, the account is `protected` by itself, the organization limits the `session` or `blocked` the service, or the fault
 * is `ours`.
 */
export type StopReason = 'ended' | 'permissions' | 'protected' | 'session' | 'blocked' | 'ours';

const OF_CODE: ReadonlyMap<string, StopReason> = new Map([
  ['insufficient_scope', 'permissions'],
  ['policy_enforced', 'protected'],
]);

/** F03: the session length that an administrator set. */
const SESSION_OVER: readonly (string | null)[] = ['invalid_rapt', 'rapt_required'];

export function stopReason({ actor, code, reason }: Pick<Failure, 'actor' | 'code' | 'reason'>): StopReason {
  if (actor === 'operator') return 'ours';
  if (SESSION_OVER.includes(reason)) return 'session';
  return actor === 'admin' ? 'blocked' : (OF_CODE.get(code) ?? 'ended');
}

/** Whether an administrator of the organization has to change something, so that it lasts or works at all. */
export function isAdministrators(reason: StopReason): reason is 'session' | 'blocked' {
  return reason === 'session' || reason === 'blocked';
}
