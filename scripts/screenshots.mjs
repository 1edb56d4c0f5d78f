// Pictures of built pages for looking at: desktop and phone, light and dark.
//
//   npm install --no-save playwright-core        (once, anywhere on the path)
//   node scripts/screenshots.mjs _build/html OUT_FOLDER [page.html ...]
//
// Pages are read from disk, with the network switched off, as a reader without a
// connection would. Whatever fails to load or raises is printed and ends in exit
// status 1. The browser is CHROMIUM (default /usr/bin/chromium).

import { mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.cwd(), "here.js"));
const { chromium } = require("playwright-core");

const [site, out, ...named] = process.argv.slice(2);
if (!site || !out) {
  console.error("usage: node scripts/screenshots.mjs BUILD_FOLDER OUT_FOLDER [PAGE ...]");
  process.exit(2);
}
const root = resolve(site);
const pages = named.length
  ? named
  : readdirSync(join(root, "book"), { recursive: true })
      .filter((name) => name.endsWith(".html"))
      .map((name) => join("book", name));
const widths = { desktop: [1280, 900], phone: [390, 844] };
mkdirSync(out, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
});
let faults = 0;
for (const [device, [width, height]] of Object.entries(widths)) {
  for (const theme of ["light", "dark"]) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      offline: true,
    });
    await context.addInitScript(
      (mode) => localStorage.setItem("mode", mode),
      theme
    );
    for (const name of pages) {
      const page = await context.newPage();
      const tell = (what) => {
        faults += 1;
        console.log(`${name} (${device}, ${theme}): ${what}`);
      };
      page.on("pageerror", (error) => tell(error.message));
      page.on("requestfailed", (request) => {
        // the theme asks for its icons early, with an attribute that a browser
        // refuses for files on disk; the same files load a moment later
        if (!/\/fa-[\w-]+\.woff2$/.test(request.url())) {
          tell(`not loaded: ${request.url()}`);
        }
      });
      const address = pathToFileURL(join(root, name)).href;
      try {
        await page.goto(address, { waitUntil: "load" });
      } catch (error) {
        await page.close(); // the failed request has been told
        continue;
      }
      await page.waitForTimeout(400);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - innerWidth
      );
      if (wide > 0) {
        tell(`the page is ${wide} px wider than the screen`);
      }
      const stem = name.replaceAll(sep, "-").replace(/\.html$/, "");
      await page.screenshot({
        path: join(out, `${stem}-${device}-${theme}.png`),
        fullPage: true,
      });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
console.log(`${pages.length} pages, ${faults} faults`);
process.exit(faults ? 1 : 0);
