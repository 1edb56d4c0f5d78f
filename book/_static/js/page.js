/* Small mendings of the page that style sheets cannot make. Runs before the
   theme's own script, which looks at the page when it is complete. */

(function () {
  "use strict";

  /* Wide figures, wide tables and code with long lines reach into the margin. The
     theme folds the list of headings that stands there while it sees something of
     the class "popout". */
  function reachesOut(box) {
    const pre = box.matches("figure, :has(th:nth-child(6))") ? null : box.querySelector("pre");
    return pre === null || pre.scrollWidth > pre.clientWidth + 1;
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
    });

  /* Excerpts under search results are fetched from the pages, which browsers refuse
     for pages on disk; the results themselves need no fetching. */
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS === "object") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  /* What scrolls sideways must be reachable with the keyboard. */
  function reachable() {
    document
      .querySelectorAll(".bd-article :is(pre, div.math, figure, .cell_output, .pst-scrollable-table-container)")
      .forEach((box) => {
        if (box.scrollWidth > box.clientWidth + 1) {
          box.tabIndex = 0;
        } else {
          box.removeAttribute("tabindex");
        }
      });
  }

  addEventListener("load", reachable);
  addEventListener("resize", reachable);
})();
