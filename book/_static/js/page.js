/* Small mendings of the page that style sheets cannot make. Runs before the
   theme's own script, which looks at the page when it is complete. */

(function () {
  "use strict";

  /* Wide figures, wide tables and code with long lines reach into the margin. The
     theme folds the list of headings that stands there while it sees something of
     the class "popout". */
  function reachesOut(box) {
    if (box.matches("figure, :has(th:nth-child(6))")) return true;
    const pre = box.querySelector("pre");
    // a quiz or a run card keeps to the measure of the text
    return pre ? pre.scrollWidth > pre.clientWidth + 1 : box.querySelector("table") !== null;
  }

  /* Printed lines that no width would hold are continued on the next one; on a phone
     all are that do not stand in columns. */
  const BROAD_CHARACTERS = 94; // as in book.css

  function printed(box) {
    const pre = box.matches(".output") ? box.querySelector("pre") : null;
    return pre ? pre.textContent.split("\n") : [];
  }

  /* Each line its own box, so that where it goes on it can be set in a little. */
  function lineByLine(pre) {
    if (pre.querySelector("span:not(:empty)")) return; // coloured: leave it
    const boxes = pre.textContent.split(/(?<=\n)/).map((line) => {
      const box = document.createElement("span");
      box.className = "spx-line";
      box.append(line);
      return box;
    });
    pre.replaceChildren(...boxes);
  }

  document
    .querySelectorAll(
      ".bd-article :is(figure.spx-wide, .cell_input, .spx-source, .output, " +
        ".pst-scrollable-table-container:has(th:nth-child(6)))"
    )
    .forEach((box) => {
      if (reachesOut(box)) {
        box.classList.add("spx-broad", "popout");
      }
      const lines = printed(box);
      if (lines.some((line) => line.length > BROAD_CHARACTERS)) {
        box.classList.add("spx-wrapped");
      } else if (lines.length && !lines.some((line) => /\S {2,}\S/.test(line))) {
        box.classList.add("spx-sentences");
        lineByLine(box.querySelector("pre"));
      }
    });

  /* A number keeps its unit, and a name with a hyphen, such as U-Net, stays whole. */
  const UNIT = /(^|\d) (?=(?:%|mm|cm|px|ms|s|kV|MB|GB|SD)(?!\w))/g;
  const NAME = /(\b[A-Za-z]{1,6}-[A-Z]\w*)/;

  function together(text) {
    const span = document.createElement("span");
    span.className = "spx-nowrap";
    span.append(text);
    return span;
  }

  function keepTogether(node) {
    const text = node.data.replace(UNIT, "$1\u00a0");
    if (NAME.test(text)) {
      const parts = text.split(NAME); // every second one is a name
      node.replaceWith(...parts.map((part, k) => (k % 2 ? together(part) : part)));
    } else if (text !== node.data) {
      node.data = text;
    }
  }

  const APART = "pre, code, script, style, svg, .math, mjx-container, .spx-badge";
  document.querySelectorAll(".bd-article").forEach((article) => {
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement.closest(APART)) texts.push(walker.currentNode);
    }
    texts.forEach(keepTogether);
  });

  /* A comma after a formula or a badge stays with it, and so does a bracket before;
     a browser would break the line there. */
  function marks(node, pattern) {
    const text = node && node.nodeType === Node.TEXT_NODE ? node.data : "";
    return (pattern.exec(text) || [""])[0];
  }

  document.querySelectorAll(".bd-article :is(p, li) > :is(span.math, .spx-badge)").forEach((it) => {
    const [before, after] = [it.previousSibling, it.nextSibling];
    const [opening, closing] = [marks(before, /[([]+$/), marks(after, /^[,.;:!?)\]]+/)];
    if (opening || closing) {
      const whole = together(opening);
      it.before(whole);
      whole.append(it, closing);
      if (opening) before.data = before.data.slice(0, -opening.length);
      if (closing) after.data = after.data.slice(closing.length);
    }
  });

  /* Excerpts under search results are fetched from the pages, which browsers refuse
     for pages on disk; the results themselves need no fetching. */
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS === "object") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  /* Sphinx gives references a role that the standard has withdrawn. */
  document
    .querySelectorAll(".citation-list, [role=doc-biblioentry]")
    .forEach((entry) => entry.removeAttribute("role"));

  /* The link in the title of a solution begins with a space, which would be underlined. */
  document.querySelectorAll(".solution > .admonition-title > a").forEach((link) => {
    link.before(" ");
    link.firstChild.data = link.firstChild.data.trimStart();
  });

  /* What scrolls sideways must be reachable with the keyboard. */
  const SCROLLING =
    "pre, div.math, mjx-container[display], figure, .cell_output, " +
    ".pst-scrollable-table-container";

  function reachable() {
    document.querySelectorAll(`.bd-article :is(${SCROLLING})`).forEach((box) => {
      const hidden = box.scrollWidth > box.clientWidth + 1;
      if (hidden && getComputedStyle(box).overflowX !== "visible") {
        box.tabIndex = 0;
      } else if (box.tabIndex === 0 && !box.matches("mjx-container")) {
        box.removeAttribute("tabindex");
      }
    });
  }

  addEventListener("load", () => {
    reachable();
    if (window.MathJax && MathJax.startup && MathJax.startup.promise) {
      MathJax.startup.promise.then(reachable);
    }
  });
  addEventListener("resize", reachable);
})();
