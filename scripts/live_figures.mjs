// Drives every live figure and quiz of a built page with the keyboard.
//
//   npm install --no-save playwright-core        (once, anywhere on the path)
//   node scripts/live_figures.mjs PAGE.html [OUT_FOLDER]
//
// The page is read from disk without a network, in a desktop and a phone window. A
// figure passes if arrow keys change its picture, its numbers and the address, if that
// address opens the same state again, and if focus can be seen; the page passes if it
// does not scroll sideways and, without a script, shows every still. With OUT_FOLDER,
// each figure's picture is left there, light and dark. The browser is CHROMIUM (default
// /usr/bin/chromium). Exit status 1 if anything fails.

import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.cwd(), "here.js"));
const { chromium } = require("playwright-core");

const [named, out] = process.argv.slice(2);
if (!named) {
  console.error("usage: node scripts/live_figures.mjs PAGE.html [OUT_FOLDER]");
  process.exit(2);
}
const address = pathToFileURL(resolve(named)).href;
const widths = { desktop: [1280, 900], phone: [360, 740] };
const faults = [];

function expect(truth, what) {
  if (!truth) {
    faults.push(what);
    console.log("  FAULT " + what);
  }
}

// What a reader sees of a figure: its pixels, its numbers, its words.
function seen(box) {
  const canvas = box.querySelector("canvas");
  const picture = canvas || box.querySelector("img");
  return {
    pixels: canvas ? canvas.toDataURL() : picture.src,
    numbers: [...box.querySelectorAll(".spx-number, .spx-ends")].map((e) => e.textContent),
    words: canvas ? canvas.getAttribute("aria-label") : picture.alt,
  };
}

async function press(page, box, what) {
  const before = await box.evaluate(seen);
  await page.keyboard.press(what);
  const after = await box.evaluate(seen);
  return { before, after, hash: await page.evaluate(() => location.hash) };
}

async function driveFigure(page, box, name) {
  const controls = box.locator(".spx-controls input[type=range], .spx-options input:checked");
  const count = await controls.count();
  expect(count > 0, `${name}: no control`);
  let last = null;
  for (let i = 0; i < count; i++) {
    const control = controls.nth(i);
    await control.focus();
    const outline = await control.evaluate((e) => getComputedStyle(e).outlineStyle);
    const back = await control.evaluate((e) => e.type === "range" && e.value === e.max);
    const change = await press(page, box, back ? "ArrowLeft" : "ArrowRight");
    expect(outline !== "none", `${name}: focus on control ${i + 1} is not seen`);
    expect(change.before.pixels !== change.after.pixels, `${name}: control ${i + 1}, same picture`);
    expect(change.before.words !== change.after.words, `${name}: control ${i + 1}, same words`);
    expect(change.hash.length > 1, `${name}: control ${i + 1} leaves no address`);
    if (i === 0 && change.before.numbers.length) {
      expect(
        String(change.before.numbers) !== String(change.after.numbers),
        `${name}: control ${i + 1}, same numbers`
      );
      console.log(`  ${name}: ${change.before.numbers} -> ${change.after.numbers}`);
    }
    last = change;
  }
  return last;
}

async function driveQuiz(page, quiz, name) {
  for (const question of await quiz.locator(".spx-question").all()) {
    const radios = await question.locator("input").all();
    await radios[0].focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < radios.length; i++) {
      await question.locator("button").focus();
      await page.keyboard.press("Enter");
      const said = await question.locator(".spx-verdict").textContent();
      expect(/Right\.|Not so\./.test(said) && said.length > 20, `${name}: no reason`);
      await question.locator("input:checked").focus();
      await page.keyboard.press("ArrowDown");
    }
  }
  const hash = await page.evaluate(() => location.hash);
  expect(hash.startsWith("#" + name + ":1="), `${name}: no address (${hash})`);
}

async function visit(browser, device, theme) {
  const [width, height] = widths[device];
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    offline: true,
  });
  await context.addInitScript((mode) => localStorage.setItem("mode", mode), theme);
  const page = await context.newPage();
  page.on("pageerror", (error) => expect(false, error.message));
  await page.goto(address, { waitUntil: "load" });
  await page.waitForTimeout(300);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide <= 0, `${device}: the page is ${wide} px too wide`);
  for (const box of await page.locator(".spx-film, .spx-steps").all()) {
    const name = await box.evaluate((e) => (e.closest("figure") || e).id);
    const last = await driveFigure(page, box, name);
    await reopen(context, last, name);
    await keep(box, `${name}-${device}-${theme}`);
  }
  for (const quiz of await page.locator(".spx-quiz").all()) {
    const name = await quiz.getAttribute("id");
    await driveQuiz(page, quiz, name);
    await keep(quiz, `${name}-${device}-${theme}`);
  }
  for (const [i, card] of (await page.locator(".spx-card").all()).entries()) {
    await card.locator("summary").focus();
    await page.keyboard.press("Enter");
    expect(await card.evaluate((e) => e.open), "a run card does not unfold");
    await keep(card, `card-${i}-${device}-${theme}`);
  }
  await context.close();
}

async function keep(box, name) {
  if (out) {
    await box.screenshot({ path: join(out, name + ".png") });
  }
}

// The address of a state, opened in a new window, shows that state.
async function reopen(context, last, name) {
  if (!last) {
    return;
  }
  const page = await context.newPage();
  await page.goto(address + last.hash, { waitUntil: "load" });
  const words = await page.evaluate(
    ([id, source]) => {
      const figure = document.getElementById(id);
      const box = figure.querySelector(".spx-film, .spx-steps") || figure;
      return new Function("box", `return (${source})(box)`)(box).words;
    },
    [name, seen.toString()]
  );
  expect(words === last.after.words, `${name}: ${last.hash} opens another state`);
  await page.close();
}

async function withoutScript(browser) {
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
  const page = await context.newPage();
  await page.goto(address, { waitUntil: "load" });
  for (const still of await page.locator(".spx-film img, .spx-steps img").all()) {
    expect(await still.isVisible(), "without a script a still is missing");
  }
  await context.close();
}

async function onPaper(browser) {
  const page = await browser.newPage();
  await page.goto(address, { waitUntil: "load" });
  await page.emulateMedia({ media: "print" });
  for (const still of await page.locator(".spx-film img").all()) {
    expect(await still.isVisible(), "on paper a still is missing");
  }
  for (const canvas of await page.locator(".spx-canvas, .spx-controls").all()) {
    expect(!(await canvas.isVisible()), "on paper a canvas or a knob is left");
  }
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  for (const part of await page.locator(".spx-card, .spx-answers").all()) {
    expect(await part.evaluate((e) => e.open), "on paper a card or an answer is folded");
  }
  await page.close();
}

if (out) {
  mkdirSync(out, { recursive: true });
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
});
for (const device of Object.keys(widths)) {
  for (const theme of ["light", "dark"]) {
    console.log(`${device}, ${theme}`);
    await visit(browser, device, theme);
  }
}
await withoutScript(browser);
await onPaper(browser);
await browser.close();
console.log(`${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
