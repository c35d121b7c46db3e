import { readFileSync, readdirSync } from "node:fs";

import { expect, test } from "@playwright/test";

const files = readdirSync("dist", { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|css|html)$/.test(name));
const text = (name: string) => readFileSync(`dist/${name}`, "utf8");

test("the production build does not contain the mock", () => {
  expect(files.length).toBeGreaterThan(2);
  for (const name of files) expect(text(name)).not.toMatch(/WDJB-MJHT|kasse-2/);
});

test("the production build complies with the content security policy", () => {
  const page = text("index.html");
  expect(page).not.toMatch(/<style|<script(?![^>]*\bsrc="\.\/)|\bstyle=|\son\w+=/);
  for (const name of files.filter((name) => name.endsWith(".js"))) {
    expect(text(name)).not.toMatch(/\beval\(|new Function\(|style="/);
  }
  for (const name of files.filter((name) => name.endsWith(".css"))) expect(text(name)).not.toMatch(/url\(|@import/);
});
