import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");
const pairs = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = "", light = "", dark = ""]) => [
    name,
    { light, dark },
  ]),
);

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ["page-colour", "surface", "surface-sunken", "surface-hover"];
const TEXTS = ["text", "text-muted", "accent", "accent-hover", "good", "warn", "bad"];
/** Text colours and their backgrounds, besides the surfaces. */
const ON = [
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["on-bad", "bad"],
  ["accent", "accent-soft"],
  ["good", "good-soft"],
  ["warn", "warn-soft"],
  ["bad", "bad-soft"],
  ["text", "warn-soft"],
  ["text", "bad-soft"],
  ["text-muted", "bad-soft"],
  ["text-muted", "warn-soft"],
] as const;

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  const colour = (name: string) => pairs.get(name)?.[theme] ?? "";
  const ratio = (one: string, other: string) => contrast(colour(one), colour(other));

  test.each(TEXTS.flatMap((text) => SURFACES.map((surface) => [text, surface] as const)))(
    "%s is readable on %s",
    (text, surface) => expect(ratio(text, surface)).toBeGreaterThanOrEqual(4.5),
  );

  test.each(ON)("%s is readable on %s", (text, surface) => expect(ratio(text, surface)).toBeGreaterThanOrEqual(4.5));

  test.each(SURFACES)("the border of a control is visible on %s", (surface) =>
    expect(ratio("border-control", surface)).toBeGreaterThanOrEqual(3),
  );
});
