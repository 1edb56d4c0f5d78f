/* The filter of the ledger page: paper, verdict, a word. The choice stands in the
   address (claims-ledger.html?paper=mdwcnet&verdict=holds), so that it can be sent. */

(function () {
  "use strict";

  const form = document.querySelector("form.spx-filter");
  const table = document.querySelector("table.spx-ledger");
  if (!form || !table) {
    return;
  }
  const rows = Array.from(table.tBodies[0].rows).map((row) => ({
    row: row,
    text: row.textContent.toLowerCase(),
  }));
  const { paper, verdict, word } = form.elements;
  const output = form.querySelector("output");

  function fits(entry) {
    const names = entry.row.classList;
    return (
      (!paper.value || names.contains("spx-of-" + paper.value)) &&
      (!verdict.value || names.contains("spx-is-" + verdict.value)) &&
      entry.text.includes(word.value.trim().toLowerCase())
    );
  }

  function show() {
    let shown = 0;
    rows.forEach((entry) => {
      entry.row.hidden = !fits(entry);
      shown += entry.row.hidden ? 0 : 1;
    });
    output.textContent = shown + " of " + rows.length + " claims";
  }

  function remember() {
    const wanted = new URLSearchParams();
    [paper, verdict, word].forEach((field) => {
      if (field.value) {
        wanted.set(field.name, field.value);
      }
    });
    const query = wanted.toString();
    try {
      history.replaceState(null, "", query ? "?" + query : location.pathname);
    } catch (refused) {
      /* some browsers keep the address of a local file as it is */
    }
  }

  const asked = new URLSearchParams(location.search);
  [paper, verdict, word].forEach((field) => {
    field.value = asked.get(field.name) || "";
  });
  /* a link to a claim shows it, whatever the filter was */
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && !fits({ row: target, text: target.textContent.toLowerCase() })) {
    form.reset();
  }
  form.hidden = false;
  form.addEventListener("input", () => {
    show();
    remember();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
  if (target) {
    target.scrollIntoView();
  }
})();
