/* Small mendings of the page that style sheets cannot make. Runs before the
   theme's own script, which looks at the page when it is complete. */

(function () {
  "use strict";

  /* Wide figures reach into the margin: the theme then folds the list of
     headings that stands there, as it does for margin notes. */
  document
    .querySelectorAll("figure.spx-wide")
    .forEach((figure) => figure.classList.add("full-width"));

  /* Excerpts under search results are fetched from the pages, which browsers refuse
     for pages on disk; the results themselves need no fetching. */
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS === "object") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  /* What scrolls sideways must be reachable with the keyboard. */
  function reachable() {
    document
      .querySelectorAll(".bd-article :is(pre, div.math, .cell_output)")
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
