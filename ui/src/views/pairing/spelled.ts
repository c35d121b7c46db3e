// A code as a screen reader should say it, sign by sign: `spelled`.

export function spelled(code: string, hyphen: string): string {
  return [...code].map((sign) => (sign === "-" ? hyphen : sign)).join(", ");
}
