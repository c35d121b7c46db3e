// Parses the server address that the user types: `address`.

/** Adds a missing `https://`; returns null for an invalid address. */
export function address(typed: string): string | null {
  const text = typed.trim();
  if (text === "" || /\s/.test(text)) return null;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) return null;
  const { protocol, hostname } = new URL(whole);
  return /^https?:$/.test(protocol) && hostname !== "" ? whole.replace(/\/+$/, "") : null;
}
