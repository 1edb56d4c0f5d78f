/* Small mendings of the page that style sheets cannot make. Runs before the
   theme's own script, which looks at the page when it is complete. */

(function () {
  "use strict";

  /* Wide figures, wide tables and code with long lines reach into the margin. The
     theme folds the list of headings that stands there while it sees something of
     the class "popout". */
  function reachesOut(box) {
    const whole = box.matches("figure, :has(th:nth-child(6))");
    const pre = whole ? null : box.querySelector("pre");
    return pre === null || pre.scrollWidth > pre.clientWidth + 1;
  }

  /* Printed lines that no width would hold are continued on the next one. */
  const BROAD_CHARACTERS = 94; // as in book.css

  function longest(box) {
    const pre = box.querySelector("pre");
    return pre ? Math.max(...pre.textContent.split("\n").map((line) => line.length)) : 0;
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
      if (box.matches(".output") && longest(box) > BROAD_CHARACTERS) {
        box.classList.add("spx-wrapped");
      }
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
      const together = document.createElement("span");
      together.className = "spx-nowrap";
      it.before(together);
      together.append(opening, it, closing);
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
