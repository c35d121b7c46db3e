/** The characters that `models::clean` makes visible: control, direction, without width, line separators. */
const STEERING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** Returns a name from outside on one line, with the characters visible that would steer the text around it. */
export function visible(text: string): string {
  return text.replace(STEERING, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}
