import { expect, test } from "vitest";

import { visible } from "./visible";

test("characters that steer a text are visible, others stay", () => {
  expect(visible("A\u202eB\n\u001b[31m.DBF")).toBe("A\\u{202e}B\\u{a}\\u{1b}[31m.DBF");
  expect(visible("pay\u200bpal\u200f\u2028\u{e0041}")).toBe("pay\\u{200b}pal\\u{200f}\\u{2028}\\u{e0041}");
  expect(visible("Товары מלאי 🙂")).toBe("Товары מלאי 🙂");
});
