import type { SandboxState } from '../state.js';

/** A call to the control API. */
export interface ControlCall {
  readonly state: SandboxState;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly origin: string;
}
