"use strict";
(() => {
  const bar = document.getElementById("filters");
  if (!bar) return;
  const rows = [...document.querySelectorAll("details.row")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const field = (name) => document.getElementById(name);
  const [outcome, functionality, text] = ["by-outcome", "by-functionality", "by-text"].map(field);

  function filter() {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, number) => {
      const fits =
        (!outcome.value || row.dataset.outcome === outcome.value) &&
        (!functionality.value || row.dataset.functionalities.split(" ").includes(functionality.value)) &&
        texts[number].includes(wanted);
      row.hidden = !fits;
      shown += fits;
    });
    field("shown").textContent = shown === rows.length ? `${shown} rows` : `${shown} of ${rows.length} rows`;
  }

  function openAll(open) {
    rows.filter((row) => !row.hidden).forEach((row) => { row.open = open; });
  }

  [outcome, functionality, text].forEach((input) => input.addEventListener("input", filter));
  field("open-all").addEventListener("click", () => openAll(true));
  field("close-all").addEventListener("click", () => openAll(false));
  bar.hidden = false;
  filter();
})();
