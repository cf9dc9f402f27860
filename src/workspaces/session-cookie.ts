import type { AdminSession } from './admin-sessions.js';

const NAME = 'slotkeeper_session';
/** What the session opens; the browser sends it nowhere else. */
const PATH = '/api/admin';
/** Only a page of this origin can send it: to others, the browser asks the service first, which never agrees. */
const OWN_PAGE = 'x-slotkeeper-dashboard';

export interface SessionHeaders {
  readonly cookie?: string | undefined;
  readonly [OWN_PAGE]?: string | string[] | undefined;
}

/** The token that a page of our own sends; null for any other request, whatever cookies come with it. */
export function sessionTokenIn(headers: SessionHeaders): string | null {
  if (headers[OWN_PAGE] === undefined) return null;
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1) ?? null;
}

/** Scripts cannot read it, and no other site can make the browser send it. */
export function sessionCookie({ token }: AdminSession, maxAgeSeconds: number, publicUrl: string): string {
  return cookie(token, maxAgeSeconds, publicUrl);
}

export function endedSessionCookie(publicUrl: string): string {
  return cookie('', 0, publicUrl);
}

function cookie(value: string, maxAgeSeconds: number, publicUrl: string): string {
  const secure = publicUrl.startsWith('https:') ? ['Secure'] : [];
  return [`${NAME}=${value}`, `Path=${PATH}`, `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Strict']
    .concat(secure)
    .join('; ');
}
