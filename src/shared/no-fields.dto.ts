/** Body of an action that takes none: whatever field is sent is unknown. */
export class NoFields {}
