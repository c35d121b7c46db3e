/** Control characters, line separators and marks that turn the direction of writing. */
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Returns a name from outside on one line, with the characters visible that would steer the text around it. */
export function visible(text: string): string {
  return text.replace(STEERING, (letter) => `\\u{${letter.charCodeAt(0).toString(16)}}`);
}
