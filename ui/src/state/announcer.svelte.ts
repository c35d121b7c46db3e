// What a screen reader is told in passing: `announce`; the frame of the window holds the live region that says it.

let said = $state({ text: "", turn: 0 });

/** Has a sentence read when nothing else is. */
export function announce(text: string): void {
  said = { text, turn: said.turn + 1 };
}

/** What was said last; the turn tells a sentence from the same sentence once more. */
export function announcement(): { text: string; turn: number } {
  return said;
}
