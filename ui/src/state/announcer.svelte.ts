// Announcements for screen readers: `announce`. The window's frame renders them in its live region.

let current = $state({ text: "", turn: 0 });

/** Announces a text politely. */
export function announce(text: string): void {
  current = { text, turn: current.turn + 1 };
}

/** The last announcement; `turn` distinguishes repetitions of the same text. */
export function announcement(): { text: string; turn: number } {
  return current;
}
