import type { NewAuditEntry } from '../../src/audit/audit-entry.js';
import { ADMIN } from '../../src/shared/author.js';

export function anAuditEntry(differences: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return {
    author: ADMIN,
    workspaceId: '7b0c6a5e-0c39-4f3c-9d6e-3f6a2a0f1d01',
    action: 'booking.cancelled',
    objectId: '7b0c6a5e-0c39-4f3c-9d6e-3f6a2a0f1d02',
    requestId: 'a-request',
    outcome: 'done',
    code: null,
    ...differences,
  };
}
