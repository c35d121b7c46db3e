// Spells a code for screen readers, character by character: `spelled`.

export function spelled(code: string, hyphen: string): string {
  return [...code].map((character) => (character === "-" ? hyphen : character)).join(", ");
}
